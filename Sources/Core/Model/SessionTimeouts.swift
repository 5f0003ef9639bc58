/// After how many seconds without a packet the kernel forgets a session: with what is left of them, how long it has been silent.
///
/// The kernel keeps no time of a session's last packet (it can keep that of the first). It does wind up its timeout anew with each.
package struct SessionTimeouts: Equatable, Sendable {
    /// By IP protocol, then by the kernel's number for each of its states (`CTA_TIMEOUT_*` in linux/netfilter/nfnetlink_cttimeout.h).
    private let seconds: [UInt8: [UInt8: UInt32]]

    /// Not told: no session's silence is known.
    package static let unknown = SessionTimeouts([:])

    package init(_ seconds: [UInt8: [UInt8: UInt32]]) { self.seconds = seconds }

    package var areKnown: Bool { !seconds.isEmpty }

    package static let icmp: UInt8 = 1
    package static let tcp: UInt8 = 6
    package static let udp: UInt8 = 17
    package static let gre: UInt8 = 47
    package static let icmp6: UInt8 = 58
    /// Stands for all protocols that the kernel doesn't follow (IPPROTO_RAW).
    package static let generic: UInt8 = 255
    /// Followed by the kernel, but what is told of a session doesn't say in which of its many states it is: SCTP, UDP-Lite.
    private static let others: [UInt8] = [132, 136]

    /// CTA_TIMEOUT_TCP_RETRANS and CTA_TIMEOUT_TCP_UNACK.
    private static let tcpRetransmitting: UInt8 = 10
    private static let tcpUnacknowledged: UInt8 = 11

    /// How long no packet has come, from either side. nil: not known. Of a session in a flowtable
    /// the kernel tells no time, and it is there only for as long as packets come.
    package func idleSeconds(of entry: SessionEntry) -> UInt32? {
        guard let left = entry.expiresInSeconds else { return entry.isOffloaded ? 0 : nil }
        // What is left is rounded down. What was wound up with is the smallest that fits.
        return full(entry).filter { $0 >= left }.min().map { $0 - left }
    }

    /// Those that it may have been wound up with.
    private func full(_ entry: SessionEntry) -> [UInt32] {
        switch entry.transport {
        case Self.tcp:
            guard let state = entry.tcpState, let usual = seconds[Self.tcp]?[state] else { return [] }
            // While data isn't acknowledged, or is sent again and again, these hold instead, if they are shorter (the end of
            // `nf_conntrack_tcp_packet`): five minutes, not five days. So it is with each session that was sending when its WAN failed.
            return [usual] + [Self.tcpRetransmitting, Self.tcpUnacknowledged].compactMap { seconds[Self.tcp]?[$0] }.filter { $0 < usual }
        case Self.udp, Self.gre:
            // 1 until it is in both directions for two seconds, which makes it assured (`nf_conntrack_udp_packet`); GRE from the first reply on.
            let isStream = entry.isAssured || entry.transport == Self.gre && entry.isAnswered
            return [seconds[entry.transport]?[isStream ? 2 : 1]].compactMap(\.self)
        case Self.icmp, Self.icmp6: return [seconds[entry.transport]?[1]].compactMap(\.self)
        case let other: return Self.others.contains(other) ? [] : [seconds[Self.generic]?[1]].compactMap(\.self)
        }
    }
}
