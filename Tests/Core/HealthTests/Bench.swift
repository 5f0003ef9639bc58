import Health
import Model
import Testing

/// A WAN with a clock and an Internet of its own: `silent` says which targets don't answer at the moment.
final class Bench {
    static let gateway = IPv4Address(bits: 0xc000_0201)
    static let targets: [Target] = ["gateway", "203.0.113.1", "203.0.113.2", "203.0.113.3"].compactMap { Target($0) }
    static let dns = Target(.dns(DNSQuestion(server: .address(.v4(IPv4Address(bits: 0xcb00_7101))), name: "example.com")))
    static let http = Target(.http(HTTPQuestion(host: "example.com", resolver: .v4(IPv4Address(bits: 0xcb00_7101)))))

    var health: WANHealth
    var now = Instant.start
    var outbox = Outbox()
    var silent: Set<IPv4Address> = []
    var isSilent = false
    var cannotSend = false
    var roundTrip: Duration = .milliseconds(20)
    /// What becomes of a probe of a service. nil: no answer.
    var service: (Question) -> ProbeOutcome? = { _ in .answered(seconds: 0.02) }
    /// Answered by chance: the share of probes that are lost.
    var loss = 0.0
    var chance = Chance(state: 1)
    /// Every change of state, with its time.
    private(set) var states: [(at: Instant, state: HealthState)] = []
    var sent: [(at: Instant, address: IPv4Address)] = []
    var asked: [(at: Instant, question: Question)] = []
    /// What the interface has counted, for whoever reads it. nil: nobody does, or the test itself says it.
    var counters: ((Instant) -> LinkCounters)?
    private var replies: [(at: Instant, id: ProbeID, outcome: ProbeOutcome)] = []

    init(
        targets: [Target] = Bench.targets, interval: Duration = .seconds(1), quorum: Int = 1, hold: Duration = .seconds(10),
        thresholds: Thresholds = Thresholds(), presumedDown: Bool = false
    ) throws {
        let probe = ProbeSettings(targets: targets, interval: interval, quorum: quorum, hold: hold, thresholds: thresholds)
        let wan = WANSettings(
            name: try #require(WANName("telkom")), interface: try #require(InterfaceName("eth0")), metric: 1, number: 1, probe: probe)
        health = WANHealth(wan, presumedDown: presumedDown, at: .start)
        health.observe(.ready(interfaceIndex: 2, gateway: .v4(Self.gateway)), at: now)
    }

    func run(for duration: Duration) {
        let end = now + duration
        step()
        while let next = [health.deadline, replies.map(\.at).min()].compactMap({ $0 }).min(), next <= end {
            now = max(next, now)
            step()
        }
        now = end
    }

    /// Until the state is this one; nil if that doesn't come about within a simulated hour.
    func run(until state: HealthState) -> Duration? {
        let start = now
        while health.state != state {
            step()
            if health.state == state { break }
            guard let next = [health.deadline, replies.map(\.at).min()].compactMap({ $0 }).min(), next - start < .seconds(3600) else {
                return nil
            }
            now = max(next, now)
            step()
        }
        return now - start
    }

    /// How often it went from one state to another.
    func changes(from old: HealthState, to new: HealthState) -> Int {
        zip(states, states.dropFirst()).count { $0.state == old && $1.state == new }
    }

    private func step() {
        for reply in replies.filter({ $0.at <= now }) {
            switch reply.outcome {
            case .answered: health.answered(reply.id, after: roundTrip, at: now)
            case .wrong(let answer): health.answeredWrongly(reply.id, answer, at: now)
            case .tooLong: break
            case .notSent(let error): health.notSent(reply.id, error: error, at: now)
            }
        }
        replies.removeAll { $0.at <= now }
        health.advance(to: now, &outbox)
        let (requests, readings) = outbox.takeAll()
        if !readings.isEmpty, let counters { health.count(counters(now), at: now) }
        for request in requests { answer(request) }
        if states.last?.state != health.state { states.append((now, health.state)) }
    }

    private func answer(_ request: ProbeRequest) {
        asked.append((now, request.question))
        guard !cannotSend else {
            health.notSent(request.id, error: "Network is unreachable", at: now)
            return
        }
        guard case .echo(.address(.v4(let address))) = request.question else {
            if !isSilent, let outcome = service(request.question) { replies.append((now + roundTrip, request.id, outcome)) }
            return
        }
        sent.append((now, address))
        let isLost = isSilent || silent.contains(address) || chance.next() < loss
        if !isLost { replies.append((now + roundTrip, request.id, .answered(seconds: roundTrip.inSeconds))) }
    }
}

/// Numbers from 0 to 1, the same in every run (SplitMix64).
struct Chance {
    var state: UInt64

    mutating func next() -> Double {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Double((z ^ (z >> 31)) >> 11) / Double(1 << 53)
    }
}
