internal import CLinux
internal import CNetlink
internal import Glibc
internal import Model
internal import Netlink
internal import Plan

/// What of the kernel's notices can concern us.
enum NoticeFilter {
    /// A classic BPF program that lets the kernel throw away, before they reach our buffer, notices of routes that aren't defaults: on a
    /// box that speaks BGP there are thousands a second of them, and each would wake the daemon, or overrun the buffer and cost a snapshot.
    ///
    /// It looks at the first message of a datagram only; the kernel puts one route in each (`rtmsg_fib` in net/ipv4/fib_semantics.c,
    /// `inet6_rt_notify` in net/ipv6/route.c). In both families alike.
    static let routing: [sock_filter] = [
        // Loads are big-endian and netlink is of the host's order, so the constants are turned instead. nlmsg_type is at offset 4.
        sock_filter(code: UInt16(BPF_LD | BPF_H | BPF_ABS), jt: 0, jf: 0, k: 4),
        sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 1, jf: 0, k: turned(RTM_NEWROUTE)),
        sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 0, jf: 2, k: turned(RTM_DELROUTE)),
        // rtm_dst_len: the second byte of struct rtmsg, which follows the 16 bytes of struct nlmsghdr.
        sock_filter(code: UInt16(BPF_LD | BPF_B | BPF_ABS), jt: 0, jf: 0, k: 17),
        sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 0, jf: 1, k: 0),
        sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: UInt32.max),
        sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0),
    ]

    private static func turned(_ type: Int) -> UInt32 { UInt32(UInt16(type).bigEndian) }

    /// The same test for kernels or sockets without the filter, and with the family.
    static func concernsRouting(_ reply: Reply) -> Bool {
        switch reply.type {
        case RTM_NEWROUTE, RTM_DELROUTE:
            reply.header(as: rtmsg.self).map { IPFamily(number: $0.rtm_family) != nil && $0.rtm_dst_len == 0 } ?? false
        case RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR, RTM_DELADDR, RTM_NEWRULE, RTM_DELRULE: true
        // Somebody has written to net.ipv4.conf or net.ipv6.conf: forwarding, say.
        case RTM_NEWNETCONF: true
        default: false
        }
    }

    static func notice(_ reply: Reply, _ addresses: inout KnownAddresses) -> KernelNotice? {
        guard concernsRouting(reply), addresses.learn(reply) else { return nil }
        return [RTM_NEWLINK, RTM_DELLINK].contains(reply.type) ? .devices : .routing
    }

    /// NFPROTO_INET in linux/netfilter.h.
    private static let inet: Int32 = 1

    /// Which of our places has changed, if any. In every message of nf_tables that belongs to a table, attribute 1 is the table's name.
    static func firewallPlace(_ reply: Reply) -> FirewallPlace? {
        guard reply.type >> 8 == Int(NFNL_SUBSYS_NFTABLES), let header = reply.header(as: nfgenmsg.self) else { return nil }
        let table = reply.attributes(after: nfgenmsg.self).first { $0.type == Int(NFTA_TABLE_NAME.rawValue) }?.string
        let family = Int32(header.nfgen_family)
        return table.flatMap { name in
            family == inet ? .named(name, of: nil) : IPFamily(number: header.nfgen_family).flatMap { .named(name, of: $0) }
        }
    }
}
