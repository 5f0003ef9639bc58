import Health
import Model
import Selection

/// The very code that decides in the daemon, under some settings, in a recorded world.
struct Rerun {
    /// A wrong answer has no round trip in the record.
    private static let wrongAfter: Nanoseconds = 20_000_000

    private struct Answer {
        var at: Nanoseconds
        var id: ProbeID
        var outcome: ProbeOutcome
    }

    struct Selected {
        var from: Milliseconds
        var wan: Int
    }

    struct Cost {
        var probes = 0
        var bytes = 0
    }

    private(set) var world: RecordedWorld
    private(set) var selected: [Selected] = []
    private(set) var costs: [Cost]
    private var judgement: Judgement
    private let names: [WANName]
    private var placeOfNumber: [Int: Int] = [:]
    private var now: Nanoseconds = 0
    /// The soonest is the last.
    private var underWay: [Answer] = []

    /// - Parameter known: whether the record has anything of that WAN. The others are never there.
    init(_ settings: Settings, in world: RecordedWorld, known: (WANName) -> Bool) {
        self.world = world
        names = settings.wans.map(\.name)
        costs = settings.wans.map { _ in Cost() }
        for (place, wan) in settings.wans.enumerated() { placeOfNumber[wan.number] = place }
        judgement = Judgement(minimumStay: settings.minimumStay, at: .start)
        judgement.configure(settings, at: .start)
        for (place, name) in names.enumerated() { observe(place, known(name) ? .ready : .absent) }
        judge()
    }

    /// - Parameter progress: told now and then how much is done, 0…1.
    mutating func go(until end: Nanoseconds, progress: (Double) -> Void) {
        let step = max(end / 200, 1)
        var nextStep = step
        var atSameTime = 0
        while true {
            let answerAt = underWay.last?.at ?? never
            let linkAt = world.nextLinkAt
            let next = max(min(answerAt, linkAt, deadline), now)
            guard next <= end else { break }
            atSameTime = next == now ? atSameTime + 1 : 0
            precondition(atSameTime < 100_000, "the judgement asks to be woken at \(now) ns without end")
            now = next
            if now >= nextStep {
                progress(Double(now) / Double(end))
                nextStep = now + step
            }
            if let link = world.takeLink(at: now) {
                observe(link.wan, link.state)
            } else if answerAt <= now, let answer = underWay.popLast() {
                judgement.take(answer.id, answer.outcome, at: instant)
            }
            judge()
        }
    }

    private var instant: Instant { Instant(sinceStart: .nanoseconds(now)) }

    /// Smoothed round trips have fractions of a nanosecond. Woken a fraction too early, nothing would be due yet, again and again.
    private var deadline: Nanoseconds { judgement.deadline.map { $0.sinceStart.nanoseconds + 1 } ?? never }

    private mutating func observe(_ place: Int, _ state: LinkState) {
        let condition: WANHealth.LinkCondition =
            switch state {
            case .ready: .ready(interfaceIndex: UInt32(place), gateway: .v4(IPv4Address(bits: 0)))
            case .noGateway: .noGateway
            case .noCarrier: .noCarrier
            case .absent: .absent
            }
        judgement.observe(place, condition, at: instant)
    }

    private mutating func judge() {
        judgement.advance(to: instant)
        // Interfaces' counters aren't recorded: nobody answers for them, as where the kernel doesn't.
        for request in judgement.takeRequests().requests { send(request) }
        _ = judgement.takeChanges()
        // With none that can be used, the routes stay as they are.
        guard let name = judgement.selection.wan, let place = names.firstIndex(of: name), place != selected.last?.wan else { return }
        selected.append(Selected(from: world.moment(of: now), wan: place))
    }

    private mutating func send(_ request: ProbeRequest) {
        guard case .target(let target, let number) = request.id.owner, let place = placeOfNumber[number] else { return }
        let bytes = request.question.bytes
        guard let result = world.ask(place, target, at: now) else {
            return answer(request.id, .notSent(error: "not in the record"), at: now)
        }
        costs[place].probes += 1
        costs[place].bytes += result == .lost ? bytes / 2 : bytes
        switch result {
        case .lost: break
        case .answered(let microseconds):
            answer(request.id, .answered(seconds: Double(microseconds) / 1e6), at: now + Nanoseconds(microseconds) * 1000)
        case .wrong(let kind): answer(request.id, .wrong(WrongAnswer(kind, "as recorded")), at: now + Self.wrongAfter)
        }
    }

    private mutating func answer(_ id: ProbeID, _ outcome: ProbeOutcome, at moment: Nanoseconds) {
        var place = underWay.endIndex
        while place > 0, underWay[place - 1].at <= moment { place -= 1 }
        underWay.insert(Answer(at: moment, id: id, outcome: outcome), at: place)
    }
}
