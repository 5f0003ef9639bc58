internal import Glibc
internal import Model
internal import Netlink

/// Between which interfaces a session's packets go.
struct Ways {
    private let socket: NetlinkSocket
    private let lan: Set<UInt32>
    private let wans: Set<UInt32>

    /// An interface that isn't there carries nothing.
    init(lan: [InterfaceName], wans: [InterfaceName]) throws(NetlinkFailure) {
        socket = try NetlinkSocket()
        func indices(_ names: [InterfaceName]) -> Set<UInt32> { Set(names.map { if_nametoindex($0.description) }).subtracting([0]) }
        self.lan = indices(lan)
        self.wans = indices(wans)
    }

    /// It came from the LAN and leaves by one of the WANs.
    ///
    /// The kernel is asked for both, as it would be by the session's next packet: so a client behind another router of the LAN counts as
    /// one, and what goes by a VPN, to the LAN or to the box itself doesn't, whichever rule says so.
    func leadOut(_ entry: ConntrackEntry, mask: UInt32) throws(NetlinkFailure) -> Bool {
        // Where the replies come from is where the packets really go, after a port forward too.
        guard let source = entry.originalTuple.source, let destination = entry.replyTuple.source,
            let lan = try interface(to: source), self.lan.contains(lan),
            let wan = try interface(to: destination, from: source, by: lan, mark: entry.mark & mask)
        else { return false }
        return wans.contains(wan)
    }

    /// nil: there is no way, or it ends on this box.
    private func interface(
        to destination: IPAddress, from source: IPAddress? = nil, by lan: UInt32? = nil, mark: UInt32 = 0
    ) throws(NetlinkFailure) -> UInt32? {
        do {
            let answer = try socket.lookUp(RouteLookup(destination, from: source, in: lan, mark: mark))
            return answer.isUnicast ? answer.interface : nil
        } catch  where error.code != ENOBUFS && error.code != ETIMEDOUT {
            // No route (ENETUNREACH, EHOSTUNREACH), one that says so (EACCES, EINVAL), or a source that can't come from there (EXDEV).
            return nil
        }
    }
}
