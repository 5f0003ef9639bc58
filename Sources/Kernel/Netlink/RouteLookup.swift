internal import CNetlink
internal import Glibc
package import Model

/// Which way a packet to an address would take, with every rule and table considered; `ip route get`.
package struct RouteLookup: Equatable, Sendable {
    package var destination: IPAddress
    package var source: IPAddress?
    /// Where it comes in. nil: it is from the box itself.
    package var incoming: UInt32?
    /// The socket that it is sent by is bound to this interface.
    package var outgoing: UInt32?
    package var mark: UInt32
    /// The route as the tables have it, or none (RTM_F_FIB_MATCH, Linux 4.13). Without: what the kernel would do, be it a guess.
    package var isTableMatch: Bool

    package init(
        _ destination: IPAddress, from source: IPAddress? = nil, in incoming: UInt32? = nil, out outgoing: UInt32? = nil, mark: UInt32 = 0,
        isTableMatch: Bool = false
    ) {
        self.destination = destination
        self.source = source
        self.incoming = incoming
        self.outgoing = outgoing
        self.mark = mark
        self.isTableMatch = isTableMatch
    }

    package struct Answer: Equatable, Sendable {
        package var interface: UInt32?
        package var gateway: IPAddress?
        /// The address to speak from.
        package var source: IPAddress?
        /// Where the route stands.
        package var table: UInt32?
        /// It leaves the box for one receiver.
        package var isUnicast: Bool

        /// nil: it is no route.
        init?(_ reply: Reply) {
            guard reply.type == RTM_NEWROUTE, let header = reply.header(as: rtmsg.self) else { return nil }
            isUnicast = Int(header.rtm_type) == RTN_UNICAST
            table = UInt32(header.rtm_table)
            guard let family = IPFamily(number: header.rtm_family) else { return }
            for attribute in reply.attributes(after: rtmsg.self) {
                switch attribute.type {
                case Int(RTA_OIF.rawValue): interface = attribute.u32
                case Int(RTA_TABLE.rawValue): table = attribute.u32 ?? table
                case Int(RTA_GATEWAY.rawValue): gateway = attribute.address(family)
                case Int(RTA_PREFSRC.rawValue): source = attribute.address(family)
                default: break
                }
            }
        }
    }

    func request() throws(NetlinkFailure) -> Request {
        var header = rtmsg()
        header.rtm_family = destination.family.number
        header.rtm_dst_len = destination.family == .v4 ? 32 : 128
        if source != nil { header.rtm_src_len = header.rtm_dst_len }
        if isTableMatch { header.rtm_flags = UInt32(RTM_F_FIB_MATCH) }
        // Without it IPv4's answer names main, whichever table it was. IPv6's never does, and the flag is an error there.
        if destination.family == .v4 { header.rtm_flags |= UInt32(RTM_F_LOOKUP_TABLE) }
        var request = try Request(RTM_GETROUTE, flags: 0, header: header)
        request.put(Int(RTA_DST.rawValue), destination)
        if let source { request.put(Int(RTA_SRC.rawValue), source) }
        if let incoming { request.put(Int(RTA_IIF.rawValue), incoming) }
        if let outgoing { request.put(Int(RTA_OIF.rawValue), outgoing) }
        if mark != 0 { request.put(Int(RTA_MARK.rawValue), mark) }
        return request
    }
}

extension NetlinkSocket {
    /// Fails where no route leads there (ENETUNREACH, EHOSTUNREACH), or one that says so (EACCES, EINVAL).
    package func lookUp(_ lookup: RouteLookup) throws(NetlinkFailure) -> RouteLookup.Answer {
        guard let answer = try ask(lookup.request(), RouteLookup.Answer.init) else { throw NetlinkFailure(EBADMSG) }
        return answer
    }
}
