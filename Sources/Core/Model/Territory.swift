/// Everything in the kernel that is ours carries one of these numbers or names, and we touch nothing that doesn't.
/// Each has to be unique on the host, so each has its argument here, and they are nowhere else.
package enum Territory {
    /// Who installed a route or a rule (`proto` in `ip route`). 0–4 belong to the kernel and static tools, up to 18 and 42, 186–192 to
    /// routing daemons (include/uapi/linux/rtnetlink.h and iproute2's rt_protos); 85 is in none of the lists.
    package static let routeProtocol: UInt8 = 85
    /// The name that /etc/iproute2/rt_protos.d/uplinkd.conf gives that number. Without that file `ip` wants 85.
    package static let routeProtocolName = "uplinkd"

    /// WAN number n (from 1 on) has table 8500+n, and the rule that leads to it has the priority 8500+n. Tailscale's rules are at 5210–5270, mwan3's
    /// at 1000–3999, WireGuard's at 32764 and below by kernel choice; the main table's is 32766. 8500 itself is the rule before those: see
    /// `Rule.beforeMarks`. The same numbers in IPv6.
    package static let tableBase: UInt32 = 8500
    package static let rulePriorityBase: UInt32 = 8500

    /// A WAN that can't be used keeps its default route at 1000 + its metric.
    package static let demotion: UInt32 = 1000
    /// Somebody else's default route that would beat ours is kept at 2000 + its metric, behind everything of ours.
    package static let displacement: UInt32 = 2000
    /// So metrics of WANs end below the demotion, or a demoted first choice would beat a usable last one.
    package static let metrics: ClosedRange<UInt32> = 1...999

    /// Ours in the tables of iptables. In nat, which sees only the first packet of a session: masquerade, and what marks a session that comes in, or
    /// leaves, by a WAN. In mangle, which sees every packet: what gives a packet the mark of its session.
    package static let natChain = "UPLINKD_NAT"
    package static let markInChain = "UPLINKD_MARK_PRE"
    package static let markOutChain = "UPLINKD_MARK_POST"
    package static let restoreChain = "UPLINKD_RESTORE_PRE"
    package static let restoreOwnChain = "UPLINKD_RESTORE_OUT"
    /// In filter, the only table in which iptables can answer with a reset: what ends a client's packets that conntrack has no session for.
    package static let refuseChain = "UPLINKD_REFUSE"
    /// Behind that: what resets, for some seconds, what clients send in sessions that were just moved. Empty otherwise.
    package static let tellChain = "UPLINKD_TELL"
    /// The same of the box's own, where they would leave by one WAN with the address of another.
    package static let refuseOwnChain = "UPLINKD_REFUSE_OUT"
    /// In mangle, behind a jump that only the beginnings of TCP sessions take: what keeps their segments as small as the way is.
    package static let segmentsChain = "UPLINKD_MSS"
    /// In mangle, while a drill plays a fault: what leaves by its WAN ends here.
    package static let drillChain = "UPLINKD_DRILL"
    package static let chains: Set = [
        natChain, markInChain, markOutChain, restoreChain, restoreOwnChain, refuseChain, refuseOwnChain,
        tellChain, segmentsChain, drillChain,
    ]
    /// Ours in nftables: a table of our own, so nobody else has a reason to flush it.
    package static let nftTable = "uplinkd"
    /// Another, for sessions that are spared the way through the kernel: who has no flowtables refuses this one, and the rest stands.
    package static let nftFastTable = "uplinkd_fastpath"
    /// In that table.
    package static let nftFlowtable = "sessions"
    /// In the first table, the same as `drillChain`.
    package static let nftDrillChain = "drill"
    /// In the first table, the same as `segmentsChain`.
    package static let nftSegmentsChain = "mss"
    /// In the first table, sets: sessions that were moved, each for some seconds.
    package static func nftToldSet(_ family: IPFamily) -> String { "told\(family == .v4 ? 4 : 6)" }

    package static func table(ofWAN number: Int) -> UInt32 { tableBase + UInt32(number) }
    package static func rulePriority(ofWAN number: Int) -> UInt32 { rulePriorityBase + UInt32(number) }
}
