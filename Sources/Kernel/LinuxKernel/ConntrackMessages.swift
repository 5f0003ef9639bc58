internal import CNetlink
internal import Glibc
internal import Model
internal import Netlink

/// What the kernel's table of sessions is asked and told (net/netfilter/nf_conntrack_netlink.c).
enum ConntrackRequest {
    static func count() throws(NetlinkFailure) -> Request { try request(IPCTNL_MSG_CT_GET_STATS, AF_UNSPEC) }

    /// All sessions of both families.
    static func dump() throws(NetlinkFailure) -> Request { try request(IPCTNL_MSG_CT_GET, AF_UNSPEC) }

    /// The sessions of both families with this mark.
    static func dump(_ mark: SessionMark) throws(NetlinkFailure) -> Request {
        var request = try request(IPCTNL_MSG_CT_GET, AF_UNSPEC)
        request.put(mark)
        return request
    }

    /// The sessions of one family whose source no NAT has changed. Linux before 5.18 lists the others as well.
    static func dumpWithoutSourceNAT(_ family: IPFamily) throws(NetlinkFailure) -> Request {
        var request = try request(IPCTNL_MSG_CT_GET, Int32(family.number))
        request.put(Int(CTA_STATUS.rawValue), UInt32(0))
        request.put(Int(CTA_STATUS_MASK.rawValue), IPS_SRC_NAT.rawValue.bigEndian)
        return request
    }

    /// Deletes all sessions of both families with this mark. To the kernel an order to delete that has no tuple is one to delete
    /// everything, less what a filter leaves. The one by mark is as old as Linux 3.15, and a kernel without marks refuses it (EOPNOTSUPP).
    static func flush(_ mark: SessionMark) throws(NetlinkFailure) -> Request {
        var request = try request(IPCTNL_MSG_CT_DELETE, AF_UNSPEC)
        request.put(mark)
        return request
    }

    /// Deletes those of one IP protocol. Linux takes that filter from 6.12 on as well, and refuses it before.
    static func flush(_ transport: UInt8, _ family: IPFamily, _ mark: SessionMark) throws(NetlinkFailure) -> Request {
        var request = try request(IPCTNL_MSG_CT_DELETE, Int32(family.number))
        request.put(mark)
        request.nest(Int(CTA_TUPLE_ORIG.rawValue)) { tuple in
            tuple.nest(Int(CTA_TUPLE_PROTO.rawValue)) { $0.put(Int(CTA_PROTO_NUM.rawValue), transport) }
        }
        request.nest(Int(CTA_FILTER.rawValue)) { $0.put(Int(CTA_FILTER_ORIG_FLAGS.rawValue), Self.protocolFlag) }
        return request
    }

    /// Deletes all sessions with this mark whose replies go to the address.
    ///
    /// Linux takes such a filter in an order to delete from 6.12 on. Before, it takes the tuple for that of one session, finds it
    /// incomplete, and refuses (EINVAL): nothing is ever deleted by mistake.
    ///
    /// IPv4 only: with an IPv6 address the filter means the contrary, all sessions but those (`ctnetlink_filter_match_tuple`; seen on
    /// 6.18). That would be everybody else's.
    static func flush(repliesTo address: IPv4Address, _ mark: SessionMark) throws(NetlinkFailure) -> Request {
        var request = try request(IPCTNL_MSG_CT_DELETE, AF_INET)
        request.put(mark)
        request.nest(Int(CTA_TUPLE_REPLY.rawValue)) { tuple in
            tuple.nest(Int(CTA_TUPLE_IP.rawValue)) { $0.put(Int(CTA_IP_V4_DST.rawValue), address.bits.bigEndian) }
        }
        request.nest(Int(CTA_FILTER.rawValue)) { $0.put(Int(CTA_FILTER_REPLY_FLAGS.rawValue), Self.destinationFlag) }
        return request
    }

    /// After how long the sessions of an IP protocol are forgotten (net/netfilter/nfnetlink_cttimeout.c).
    static func timeouts(_ transport: UInt8) throws(NetlinkFailure) -> Request {
        let family = transport == SessionTimeouts.icmp6 ? AF_INET6 : AF_INET
        var request = try Request(
            Int(NFNL_SUBSYS_CTNETLINK_TIMEOUT) << 8 | Int(IPCTNL_MSG_TIMEOUT_DEFAULT_GET.rawValue), flags: 0,
            header: nfgenmsg(family: UInt8(family)))
        request.put(Int(CTA_TIMEOUT_L3PROTO.rawValue), bytes: [0, UInt8(family)])
        request.put(Int(CTA_TIMEOUT_L4PROTO.rawValue), transport)
        return request
    }

    /// CTA_FILTER_F_CTA_IP_DST, which the kernel's headers for programs lack (net/netfilter/nf_internals.h). Not in network order.
    private static let destinationFlag: UInt32 = 1 << 1
    /// CTA_FILTER_F_CTA_PROTO_NUM.
    private static let protocolFlag: UInt32 = 1 << 3

    static func type(_ message: cntl_msg_types) -> Int { Int(NFNL_SUBSYS_CTNETLINK) << 8 | Int(message.rawValue) }

    private static func request(_ message: cntl_msg_types, _ family: Int32) throws(NetlinkFailure) -> Request {
        try Request(type(message), flags: 0, header: nfgenmsg(family: UInt8(family)))
    }
}

extension NetlinkSocket {
    /// How many sessions there are, everybody's. EINVAL: this kernel has no such table.
    func sessionCount() throws(NetlinkFailure) -> Int {
        let count = try ask(ConntrackRequest.count()) { reply in
            reply.attributes(after: nfgenmsg.self).first { $0.type == Int(CTA_STATS_GLOBAL_ENTRIES.rawValue) }?.bigEndian
        }
        return count.map(Int.init) ?? 0
    }
}

/// A session's mark, as far as the mask goes.
struct SessionMark {
    var mark: UInt32
    var mask: UInt32
}

extension Request {
    fileprivate mutating func put(_ mark: SessionMark) {
        put(Int(CTA_MARK.rawValue), mark.mark.bigEndian)
        put(Int(CTA_MARK_MASK.rawValue), mark.mask.bigEndian)
    }
}

extension nfgenmsg {
    init(family: UInt8) { self.init(nfgen_family: family, version: UInt8(NFNETLINK_V0), res_id: 0) }
}

/// One session, as the kernel describes it. It points into the socket's buffer, as the reply does.
struct ConntrackEntry {
    let family: UInt8
    private(set) var mark: UInt32 = 0
    private(set) var status: UInt32 = 0
    private let original: Attribute
    private let reply: Attribute
    let id: Attribute
    private var zone: Attribute?
    private var timeout: Attribute?
    private var protocolInfo: Attribute?
    private var counters: (original: Attribute?, reply: Attribute?)

    /// nil: no session, or not whole. `type`: IPCTNL_MSG_CT_DELETE for the notice of an end.
    init?(_ message: Reply, _ type: cntl_msg_types = IPCTNL_MSG_CT_NEW) {
        guard message.type == ConntrackRequest.type(type), let header = message.header(as: nfgenmsg.self) else { return nil }
        family = header.nfgen_family
        var tuples: (original: Attribute?, reply: Attribute?)
        var id: Attribute?
        for attribute in message.attributes(after: nfgenmsg.self) {
            switch attribute.type {
            case Int(CTA_TUPLE_ORIG.rawValue): tuples.original = attribute
            case Int(CTA_TUPLE_REPLY.rawValue): tuples.reply = attribute
            case Int(CTA_STATUS.rawValue): status = attribute.bigEndian ?? 0
            // Missing where it is 0.
            case Int(CTA_MARK.rawValue): mark = attribute.bigEndian ?? 0
            case Int(CTA_ID.rawValue): id = attribute
            case Int(CTA_ZONE.rawValue): zone = attribute
            case Int(CTA_TIMEOUT.rawValue): timeout = attribute
            case Int(CTA_PROTOINFO.rawValue): protocolInfo = attribute
            case Int(CTA_COUNTERS_ORIG.rawValue): counters.original = attribute
            case Int(CTA_COUNTERS_REPLY.rawValue): counters.reply = attribute
            default: break
            }
        }
        guard let original = tuples.original, let reply = tuples.reply, let id else { return nil }
        (self.original, self.reply, self.id) = (original, reply, id)
    }

    func carries(_ mark: SessionMark) -> Bool { self.mark & mark.mask == mark.mark }

    /// A reply has been seen.
    var isAnswered: Bool { status & IPS_SEEN_REPLY.rawValue != 0 }

    /// In a flowtable.
    private var isOffloaded: Bool { status & IPS_OFFLOAD.rawValue != 0 }

    /// All that is told of it. nil: its tuples aren't whole.
    var session: SessionEntry? {
        let (original, reply) = (originalTuple, replyTuple)
        guard let source = original.source, let destination = original.destination, let repliesTo = reply.destination, let id = id.bigEndian
        else { return nil }
        let counters = [counters.original, counters.reply].compactMap { $0?.first(CTA_COUNTERS_BYTES.rawValue)?.u64(at: 0) }
        return SessionEntry(
            source: source, destination: destination, repliesTo: repliesTo, transport: original.transport, mark: mark,
            isAnswered: isAnswered, isAssured: status & IPS_ASSURED.rawValue != 0, isOffloaded: isOffloaded,
            tcpState: tcpState,
            expiresInSeconds: timeout?.bigEndian,
            bytes: counters.isEmpty ? nil : counters.reduce(0) { $0 &+ UInt64(bigEndian: $1) }, id: id)
    }

    /// TCP that both ends take to be open, be it that one of them has said its last word.
    var movedSession: MovedSession? {
        let tuple = originalTuple
        guard tuple.transport == SessionTimeouts.tcp, let client = tuple.source, let server = tuple.destination,
            let clientPort = tuple.sourcePort, let serverPort = tuple.destinationPort, let tcpState, Self.openStates.contains(tcpState)
        else { return nil }
        return MovedSession(
            client: client, clientPort: clientPort, server: server, serverPort: serverPort,
            isUnchanged: replyTuple.destination == client)
    }

    /// TCP_CONNTRACK_ESTABLISHED, FIN_WAIT and CLOSE_WAIT (linux/netfilter/nf_conntrack_tcp.h).
    static let openStates: ClosedRange<UInt8> = 3...5
    var tcpState: UInt8? {
        // Of one in a flowtable the kernel doesn't tell it: it is there for as long as it is established.
        if isOffloaded, originalTuple.transport == SessionTimeouts.tcp { return Self.openStates.lowerBound }
        return protocolInfo?.first(CTA_PROTOINFO_TCP.rawValue)?.first(CTA_PROTOINFO_TCP_STATE.rawValue)?.u8
    }

    var originalTuple: Tuple { Tuple(original) }
    var replyTuple: Tuple { Tuple(reply) }

    /// The id goes along: when the same client has begun anew meanwhile, by another WAN, that session is another one.
    func delete(in batch: inout MessageBatch) {
        batch.add(ConntrackRequest.type(IPCTNL_MSG_CT_DELETE), header: nfgenmsg(family: family), original, id, zone)
    }

    /// What the packets of one direction have in common.
    struct Tuple {
        private(set) var source: IPAddress?
        private(set) var destination: IPAddress?
        private(set) var transport: UInt8 = 0
        /// nil where the protocol has none: ICMP, GRE, ESP.
        private(set) var sourcePort: UInt16?
        private(set) var destinationPort: UInt16?

        fileprivate init(_ tuple: Attribute) {
            for part in tuple.nested {
                switch part.type {
                case Int(CTA_TUPLE_IP.rawValue):
                    for address in part.nested {
                        switch address.type {
                        case Int(CTA_IP_V4_SRC.rawValue), Int(CTA_IP_V6_SRC.rawValue): source = IPAddress(address)
                        case Int(CTA_IP_V4_DST.rawValue), Int(CTA_IP_V6_DST.rawValue): destination = IPAddress(address)
                        default: break
                        }
                    }
                case Int(CTA_TUPLE_PROTO.rawValue):
                    for field in part.nested {
                        switch field.type {
                        case Int(CTA_PROTO_NUM.rawValue): transport = field.u8 ?? 0
                        case Int(CTA_PROTO_SRC_PORT.rawValue): sourcePort = field.u16.map(UInt16.init(bigEndian:))
                        case Int(CTA_PROTO_DST_PORT.rawValue): destinationPort = field.u16.map(UInt16.init(bigEndian:))
                        default: break
                        }
                    }
                default: break
                }
            }
        }
    }
}

extension Attribute {
    fileprivate func first(_ type: UInt32) -> Attribute? { nested.first { $0.type == Int(type) } }
}

extension IPAddress {
    /// nil: neither four bytes nor sixteen.
    fileprivate init?(_ attribute: Attribute) {
        let address: IPAddress? =
            switch attribute.length {
            case 4: attribute.address(.v4)
            case 16: attribute.address(.v6)
            default: nil
            }
        guard let address else { return nil }
        self = address
    }
}
