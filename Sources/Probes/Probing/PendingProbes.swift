import Model

/// The echo requests that are on their way, and the judgement of what comes back. Pure: time and packets are arguments.
struct PendingProbes {
    /// A reply that is later than that is not reported any more. The engine has long called such a probe lost.
    static let keepFor = Duration.seconds(60)
    /// For each socket. Eight targets asked ten times a second make 800 in ten seconds, which is long enough at such a pace.
    static let limit = 1024

    private struct Probe {
        var id: ProbeID
        var target: IPAddress
        var cookie: UInt32
        var length: Int
        var sent: Instant
        var isOver = false
    }

    /// Those of one socket.
    private struct Series {
        var interfaceIndex: UInt32
        /// By sequence number, without a gap from `oldest` on; answered ones too, so that a second answer is known for a duplicate.
        var probes: [UInt16: Probe] = [:]
        var oldest: UInt16

        mutating func add(_ probe: Probe, sequence: UInt16) {
            probes[sequence] = probe
            while let old = probes[oldest], probe.sent - old.sent > keepFor || probes.count > limit {
                probes[oldest] = nil
                oldest &+= 1
            }
        }
    }

    /// By identifier.
    private var series: [UInt16: Series] = [:]

    var count: Int { series.values.reduce(0) { $0 + $1.probes.count } }

    /// An identifier for one socket. Each has its own: two modems of one make often give the box the same address, and with the
    /// same identifier too the probes by both would be one session to conntrack, which masquerading kills whenever the
    /// interface changes (nf_nat_oif_changed() in net/netfilter/nf_nat_core.c).
    mutating func newIdentifier(for interfaceIndex: UInt32, using random: inout some RandomNumberGenerator) -> UInt16 {
        var identifier = UInt16.random(in: 1...UInt16.max, using: &random)
        // There are a few dozen sockets at most, so this ends.
        while series[identifier] != nil { identifier = identifier == .max ? 1 : identifier + 1 }
        series[identifier] = Series(interfaceIndex: interfaceIndex, oldest: .random(in: 0 ... .max, using: &random))
        return identifier
    }

    mutating func retire(identifier: UInt16) { series[identifier] = nil }

    /// What the next probe has to say. One that could not be sent leaves its sequence number to the next.
    func nextEcho(identifier: UInt16, cookie: UInt32, length: Int = ICMPEcho.messageLength) -> ICMPEcho {
        let series = series[identifier]
        return ICMPEcho(
            identifier: identifier, sequence: (series?.oldest ?? 0) &+ UInt16(series?.probes.count ?? 0), cookie: cookie,
            length: length)
    }

    /// Takes in a probe that has been sent.
    mutating func add(_ request: ProbeRequest, to target: IPAddress, as echo: ICMPEcho, sent: Instant) {
        let probe = Probe(id: request.id, target: target, cookie: echo.cookie, length: echo.length, sent: sent)
        series[echo.identifier]?.add(probe, sequence: echo.sequence)
    }

    enum Judgement: Equatable {
        case answered(id: ProbeID, after: Duration)
        case unreachable(id: ProbeID)
        case tooLong(id: ProbeID, most: Int)
        case ignored(IgnoredReply)
    }

    mutating func judge(_ message: ICMPMessage, from source: IPAddress, by interfaceIndex: UInt32, now: Instant) -> Judgement {
        let (identifier, sequence) =
            switch message {
            case .reply(let reply): (reply.identifier, reply.sequence)
            case .unreachable(let complaint), .tooLong(let complaint, _): (complaint.identifier, complaint.sequence)
            }
        guard let own = series[identifier] else { return .ignored(.otherIdentifier) }
        guard let probe = own.probes[sequence], now - probe.sent <= Self.keepFor else { return .ignored(.unknownSequence) }
        switch message {
        case .reply(let reply):
            guard probe.target == source else { return .ignored(.wrongSource) }
            guard probe.cookie == reply.cookie, probe.length == reply.length else { return .ignored(.wrongCookie) }
        case .unreachable(let complaint), .tooLong(let complaint, _):
            // Any router may say it; that it has seen the request is proof enough.
            guard probe.target == complaint.target else { return .ignored(.wrongSource) }
            let echo = ICMPEcho(identifier: identifier, sequence: sequence, cookie: probe.cookie, length: probe.length)
            guard complaint.quotes(echo) else {
                return .ignored(.wrongCookie)
            }
        }
        guard own.interfaceIndex == interfaceIndex else { return .ignored(.wrongInterface) }
        guard !probe.isOver else { return .ignored(.duplicate) }
        series[identifier]?.probes[sequence]?.isOver = true
        return switch message {
        case .reply: .answered(id: probe.id, after: now - probe.sent)
        case .unreachable: .unreachable(id: probe.id)
        case .tooLong(_, let most): .tooLong(id: probe.id, most: most)
        }
    }
}
