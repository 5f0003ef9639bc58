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

    /// By sequence number. All of `oldest ..< next` are here, less those that could not be sent; answered ones too, so that a
    /// second answer is known for a duplicate.
    private var probes: [UInt16: Probe] = [:]
    private var oldest: UInt16
    private var next: UInt16
    private var identifiers: Set<UInt16> = []

    init(firstSequence: UInt16) {
        oldest = firstSequence
        next = firstSequence
    }

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

    /// Takes in a probe that is about to be sent.
    mutating func add(_ request: ProbeRequest, identifier: UInt16, cookie: UInt64, now: Instant) -> ICMPEcho {
        forget(now: now)
        let echo = ICMPEcho(identifier: identifier, sequence: next, cookie: cookie)
        probes[next] = Probe(
            id: request.id, target: request.address, interfaceIndex: request.interfaceIndex, identifier: identifier, cookie: cookie,
            sent: now)
        next &+= 1
        return echo
    }

    /// It could not be sent after all.
    mutating func remove(_ echo: ICMPEcho) { probes[echo.sequence] = nil }

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

    private mutating func forget(now: Instant) {
        while oldest != next {
            if let probe = probes[oldest], now - probe.sent <= Self.keepFor, probes.count < Self.limit { return }
            probes[oldest] = nil
            oldest &+= 1
        }
    }
}
