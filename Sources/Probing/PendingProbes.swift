import Model

/// The probes that are on their way, and the judgement of what comes back. Pure: time and packets are arguments.
struct PendingProbes {
    /// A reply that is later than that is not reported any more. The engine has long called such a probe lost.
    static let keepFor = Duration.seconds(60)
    /// 15 WANs with four targets each, asked once a second, make 3,600 in that time.
    static let limit = 4096

    private struct Probe {
        var id: UInt64
        var target: IPv4Address
        var interfaceIndex: UInt32
        var identifier: UInt16
        var cookie: UInt64
        var sent: Instant
        var isAnswered = false
    }

    /// By sequence number, without a gap from `oldest` on; answered ones too, so that a second answer is known for a duplicate.
    private var probes: [UInt16: Probe] = [:]
    private var oldest: UInt16
    private var identifiers: Set<UInt16> = []

    init(firstSequence: UInt16) { oldest = firstSequence }

    var count: Int { probes.count }

    /// An identifier for one socket. Each has its own: two modems of one make often give the box the same address, and with the
    /// same identifier too the probes by both would be one session to conntrack, which masquerading kills whenever the
    /// interface changes (nf_nat_oif_changed() in net/netfilter/nf_nat_core.c).
    mutating func newIdentifier(using random: inout some RandomNumberGenerator) -> UInt16 {
        var identifier = UInt16.random(in: 1...UInt16.max, using: &random)
        // There are at most 15 WANs, so this ends.
        while identifiers.contains(identifier) { identifier = identifier == .max ? 1 : identifier + 1 }
        identifiers.insert(identifier)
        return identifier
    }

    mutating func retire(identifier: UInt16) { identifiers.remove(identifier) }

    /// What the next probe has to say. One that could not be sent leaves its sequence number to the next.
    func nextEcho(identifier: UInt16, cookie: UInt64) -> ICMPEcho {
        ICMPEcho(identifier: identifier, sequence: oldest &+ UInt16(probes.count), cookie: cookie)
    }

    /// Takes in a probe that has been sent.
    mutating func add(_ request: ProbeRequest, to address: IPv4Address, as echo: ICMPEcho, sent: Instant) {
        probes[echo.sequence] = Probe(
            id: request.id, target: address, interfaceIndex: request.interfaceIndex, identifier: echo.identifier,
            cookie: echo.cookie, sent: sent)
        while let probe = probes[oldest], sent - probe.sent > Self.keepFor || probes.count > Self.limit {
            probes[oldest] = nil
            oldest &+= 1
        }
    }

    enum Judgement: Equatable {
        case answered(id: UInt64, after: Duration)
        case ignored(IgnoredReply)
    }

    mutating func judge(_ reply: ICMPEchoReply, from source: IPv4Address, by interfaceIndex: UInt32, now: Instant) -> Judgement {
        guard identifiers.contains(reply.identifier) else { return .ignored(.otherIdentifier) }
        guard let probe = probes[reply.sequence], probe.identifier == reply.identifier, now - probe.sent <= Self.keepFor else {
            return .ignored(.unknownSequence)
        }
        guard probe.target == source else { return .ignored(.wrongSource) }
        guard probe.cookie == reply.cookie else { return .ignored(.wrongCookie) }
        guard probe.interfaceIndex == interfaceIndex else { return .ignored(.wrongInterface) }
        guard !probe.isAnswered else { return .ignored(.duplicate) }
        probes[reply.sequence]?.isAnswered = true
        return .answered(id: probe.id, after: now - probe.sent)
    }
}
