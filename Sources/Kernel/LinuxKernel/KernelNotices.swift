internal import CNetlink
internal import Glibc
internal import Netlink
package import Plan

/// The kernel's notices of changes, reduced to hints.
///
/// Not Sendable: it belongs to one serial queue. Watch `descriptors` for reading (level-triggered) and call `read`.
package final class KernelNotices {
    package struct Counters: Equatable, Sendable {
        /// Told by the kernel, but of no concern here.
        package var irrelevant = 0
        /// Sent by another process.
        package var foreign = 0
        /// Too long, or not in the form of a message.
        package var malformed = 0
        package var overruns = 0
    }

    package private(set) var counters = Counters()
    /// Why changes of the firewall are not told, if they aren't: a kernel without nf_tables. They have to be looked for then.
    package let firewallProblem: KernelError?

    private var addresses = KnownAddresses()
    private let routing: NoticeSocket
    private let firewall: NoticeSocket?

    /// Room for a thousand notices or more; memory of the kernel's, and only while they wait.
    package static let defaultReceiveBuffer: Int32 = 1 << 20
    /// So many datagrams are read at a time, so that a storm can't keep the queue for itself.
    private static let batch = 256

    private static let groups = [
        RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE,
        RTNLGRP_IPV6_RULE, RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF,
    ]

    package init(receiveBuffer: Int32 = KernelNotices.defaultReceiveBuffer) throws(KernelError) {
        do {
            routing = try NoticeSocket(
                bus: NETLINK_ROUTE,
                groups: Self.groups.map { Int($0.rawValue) },
                receiveBuffer: receiveBuffer, filter: NoticeFilter.routing)
        } catch { throw KernelError("listening to notices of routing", error) }
        do {
            firewall = try NoticeSocket(bus: NETLINK_NETFILTER, groups: [Int(NFNLGRP_NFTABLES.rawValue)], receiveBuffer: receiveBuffer)
            firewallProblem = nil
        } catch {
            firewall = nil
            firewallProblem = KernelError("listening to notices of nf_tables", error)
        }
    }

    /// To be watched for reading. They stay open for as long as this object lives.
    package var descriptors: [Int32] { [routing.descriptor] + (firewall.map { [$0.descriptor] } ?? []) }

    /// What has happened since the last call, each kind once. Never waits. What is left over keeps its descriptor readable.
    package func read() throws(KernelError) -> Set<KernelNotice> {
        var notices: Set<KernelNotice> = []
        do {
            try read(routing, { NoticeFilter.notice($0, &addresses) }, into: &notices)
            if notices.contains(.devices) { notices.insert(.routing) }
            if let firewall { try read(firewall, { NoticeFilter.firewallPlace($0).map(KernelNotice.firewall) }, into: &notices) }
        } catch { throw KernelError("reading notices", error) }
        return notices
    }

    private func read(
        _ socket: NoticeSocket, _ notice: (Reply) -> KernelNotice?, into notices: inout Set<KernelNotice>
    ) throws(NetlinkFailure) {
        for _ in 0..<Self.batch {
            switch try socket.read() {
            case .nothing: return
            case .overrun:
                counters.overruns += 1
                // One that went may be among what was lost, and would be no news when it comes again.
                addresses = KnownAddresses()
                notices.insert(.overrun)
            case .garbage(isForeign: true): counters.foreign += 1
            case .garbage(isForeign: false):
                // Nobody can tell what it said, so it may have been anything.
                counters.malformed += 1
                notices.insert(.overrun)
            case .datagram(var replies):
                while let reply = replies.next() {
                    if let notice = notice(reply) { notices.insert(notice) } else { counters.irrelevant += 1 }
                }
                if replies.remaining > 0 {
                    counters.malformed += 1
                    notices.insert(.overrun)
                }
            }
        }
    }
}
