import Model

/// Something that watches two WANs and selects one.
///
/// Driven by events: it is woken at its deadline and at each answer, and sends probes over the wire.
protocol Detector {
    /// When it wants to be woken next.
    var deadline: Nanoseconds { get }
    /// nil: it has given up all WANs.
    var selected: Int? { get }
    /// How often it has told of a WAN's health.
    var told: Int { get }
    mutating func advance(to now: Nanoseconds, _ wire: inout Wire)
    mutating func answered(_ answer: Wire.Answer, at now: Nanoseconds, _ wire: inout Wire)
}

extension Detector {
    var told: Int { 0 }
}

/// Carries probes out and answers back, and counts their bytes.
struct Wire {
    struct Answer {
        var at: Nanoseconds
        var wan: Int
        /// The detector's own number for the probe.
        var id: UInt64
        var roundTrip: Nanoseconds
    }

    private var internet: Internet
    /// The soonest is the last. Never more than a handful: simpler than a heap, and no slower.
    private var underWay: [Answer] = []
    private(set) var bytes = [0, 0]
    private var probes = [LinkCounters(received: 0, sent: 0), LinkCounters(received: 0, sent: 0)]

    init(_ internet: Internet) { self.internet = internet }

    /// - Parameter size: of the IP packet; the answer is as large.
    mutating func send(_ id: UInt64, by wan: Int, to target: Int, size: Int, at now: Nanoseconds) {
        bytes[wan] += size
        probes[wan].sent += 1
        guard let roundTrip = internet.roundTrip(by: wan, to: target, at: now) else { return }
        bytes[wan] += size
        let answer = Answer(at: now + roundTrip, wan: wan, id: id, roundTrip: roundTrip)
        var place = underWay.endIndex
        while place > 0, underWay[place - 1].at <= answer.at { place -= 1 }
        underWay.insert(answer, at: place)
    }

    var nextAnswerAt: Nanoseconds { underWay.last?.at ?? never }
    mutating func takeAnswer() -> Answer? {
        guard let answer = underWay.popLast() else { return nil }
        probes[answer.wan].received += 1
        return answer
    }

    /// What the interface has counted: the probes, and the packets of the clients.
    mutating func counters(of wan: Int, at now: Nanoseconds) -> LinkCounters {
        let clients = internet.clients(of: wan, at: now)
        return LinkCounters(
            received: probes[wan].received + clients.received, sent: probes[wan].sent + clients.sent, receivedBytes: clients.receivedBytes,
            sentBytes: clients.sentBytes)
    }
}
