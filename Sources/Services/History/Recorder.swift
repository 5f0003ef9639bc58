package import ControlProtocol
import Model

/// Makes records of what the daemon says: what is new, what is missing, and of which time all is known. No file and no clock in here.
package struct Recorder: Sendable {
    /// What isn't written yet.
    package private(set) var batch = Batch()
    /// The daemon's run that is, or was, followed.
    private var name: String?
    private var run: Run?
    private var span: Span?
    private var isConnected = false
    /// When the daemon was heard last.
    private var heard: Now?
    /// A suspicion waits for what becomes of it. One late reply in a hundred makes thousands a day, and most come to nothing.
    private var suspicions: [String: RecordedEvent] = [:]
    private var latest: [String: Condition] = [:]
    /// WANs whose faults are played by this box itself, which is no outage; and how each of them looks meanwhile, if that is known.
    private var drills: [String: Condition?] = [:]
    private var lastOwnID: Int
    /// Reports that will not change any more and are with us.
    private var finishedReports: Set<String> = []
    /// Some report still grows.
    package private(set) var awaitsReport = false
    /// As far as its probes are known.
    var samplePlace: SamplePlace?

    /// As far as an earlier run of ours has got.
    package init(lastRun: (name: String, run: Run)? = nil, lastOwnID: Int = 0) {
        name = lastRun?.name
        run = lastRun?.run
        self.lastOwnID = lastOwnID
    }

    // MARK: what the daemon says

    /// `past`: all that the daemon remembers. Its status was asked for just before.
    package mutating func connected(_ status: Status, past: [ControlEvent], at now: Now) {
        let found = Self.name(status)
        let isKnown = found == name
        let new = isKnown ? past.filter { $0.id > run?.lastID ?? 0 } : past
        let expected = isKnown ? (run?.lastID ?? 0) + 1 : 1
        let first = new.first.map { (id: $0.id, time: Moment($0.time) ?? now.wall) }
        isConnected = true
        if !isKnown { (suspicions, drills) = ([:], [:]) }
        name = found
        if let first, first.id > expected {
            beginSpan(at: first.time, status)
            if isKnown || run != nil {
                note(.eventsLost(first: expected, last: first.id - 1), at: now)
            }
        } else if isKnown, let run {
            span = Span(start: min(run.span, now.wall), end: now.wall)
        } else {
            beginSpan(at: min(Moment(status.started) ?? now.wall, first?.time ?? now.wall, now.wall), nil)
        }
        run = Run(lastID: isKnown ? run?.lastID ?? 0 : 0, span: span?.start ?? now.wall)
        // One that had begun when we were there before may be under way.
        for event in past where event.id < new.first?.id ?? .max {
            followDrill(event, RecordedEvent(run: found, time: now.wall, event: event))
        }
        for event in new { take(event, at: now) }
        stillHeard(at: now)
    }

    package mutating func happened(_ events: [ControlEvent], at now: Now) {
        for event in events where event.id > run?.lastID ?? 0 { take(event, at: now) }
        stillHeard(at: now)
    }

    /// Asked about every minute: by this the time is known to be observed, though nothing happens.
    package mutating func alive(_ status: Status, at now: Now) {
        // Of the next daemon: the stream is about to end.
        guard Self.name(status) == name else { return }
        if let heard, abs((now.wall - heard.wall) - seconds(now.steady - heard.steady)) > Self.clockTolerance {
            // What lies between the old time and the new one has never been.
            beginSpan(at: now.wall, status)
            note(.clockSet(from: heard.wall, to: now.wall), at: now)
        }
        for wan in status.wans where drills[wan.name] == nil {
            let condition = Condition(wan, at: now.wall)
            let last = latest[wan.name]
            if Self.isBad(wan.health) {
                if let last, last.health == condition.health, !condition.tells(otherThan: last) { continue }
                add(condition)
            } else if WANState(health: wan.health) == .up, last.map({ $0.health == Self.drill }) ?? true {
                // Nobody else says so: a drill that ended while nobody listened, or left it as it was.
                add(condition)
            }
        }
        // Taken out of the configuration: no event of it will come any more.
        for wan in latest.keys.sorted() where latest[wan]?.health != Self.removed && !status.wans.contains(where: { $0.name == wan }) {
            (drills[wan], suspicions[wan]) = (nil, nil)
            add(Condition(time: now.wall, wan: wan, health: Self.removed))
        }
        stillHeard(at: now)
    }

    package mutating func disconnected(at now: Now) {
        stillHeard(at: now)
        isConnected = false
    }

    package mutating func take(_ reports: [SwitchReport]) {
        for report in reports where !finishedReports.contains(report.id) {
            batch.reports[report.id] = report
            if report.finished { finishedReports.insert(report.id) }
        }
        awaitsReport = reports.contains { !$0.finished }
    }

    mutating func addSamples(_ series: [SampleSeries], in span: Span) { batch.samples.add(series, in: span) }

    /// An event of our own.
    package mutating func note(_ news: HistoryNews, at now: Now) {
        lastOwnID += 1
        let sentence = news.sentence
        batch.events.append(
            RecordedEvent(
                run: ownRun, time: now.wall,
                event: ControlEvent(
                    id: lastOwnID, time: now.wall.text, kind: .history, severity: news.severity, wan: nil, code: sentence.code,
                    message: sentence.text, details: sentence.arguments)))
        batch.runs[ownRun] = Run(lastID: lastOwnID, span: now.wall)
    }

    // MARK: what becomes of it

    /// Up to now nothing is missing: for an answer, between two signs of life.
    package mutating func observe(at now: Now) { if isConnected { stillHeard(at: now) } }

    /// The observed time that goes on.
    package var isFollowing: Bool { isConnected }

    package mutating func written() { batch = Batch() }

    /// How many events and reports had to go, since the memory has a limit too.
    package mutating func trim() -> Int { batch.trim() }

    /// For a new file, which knows nothing of the run.
    package mutating func repeatRun() {
        if let name, let run { batch.runs[name] = run }
        if let span { batch.spans[span.start] = span.end }
        batch.runs[ownRun] = Run(lastID: lastOwnID, span: Moment(milliseconds: 0))
        batch.conditions += latest.values.filter { !batch.conditions.contains($0) }
    }

    /// A pid comes again, and so may a time on a box whose clock begins anew at each start; hardly both.
    private static func name(_ status: Status) -> String { "\(status.started) \(status.pid)" }

    static let clockTolerance = 5.0
    /// How a WAN is while nothing can be said of it: a drill's, and one that isn't configured any more.
    private static let (drill, removed) = ("drill", "removed")

    static func isBad(_ health: String) -> Bool { WANState(health: health).map { $0 != .up } ?? false }

    private mutating func take(_ event: ControlEvent, at now: Now) {
        let recorded = RecordedEvent(run: name ?? "", time: Moment(event.time) ?? now.wall, event: event)
        run?.lastID = event.id
        if let (wan, condition) = followDrill(event, recorded) {
            batch.events.append(recorded)
            if let condition, condition != latest[wan] { add(condition) }
            return
        }
        guard let wan = event.wan, let health = event.health else {
            batch.events.append(recorded)
            return
        }
        let suspicion = suspicions.removeValue(forKey: wan)
        if health.health == "suspect" {
            suspicions[wan] = recorded
            return
        }
        if let suspicion {
            if health.health == "up" { return }
            if let before = suspicion.event.health { append(suspicion, wan, before) }
        }
        append(recorded, wan, health)
    }

    /// What an event means for a drill: whose, and how that WAN is to be seen from now on. nil: nothing.
    @discardableResult
    private mutating func followDrill(_ event: ControlEvent, _ recorded: RecordedEvent) -> (wan: String, condition: Condition?)? {
        guard let wan = event.wan else { return nil }
        switch (event.kind, event.drillStep) {
        case (.drill, "begun"):
            drills[wan] = .some(drills[wan] ?? latest[wan])
            suspicions[wan] = nil
            return (wan, Condition(time: recorded.time, wan: wan, health: Self.drill))
        case (.drill, "over"):
            // It may still look as bad as the drill left it: then what becomes of it is for its next event to say.
            guard let seen = drills.removeValue(forKey: wan) ?? nil, !Self.isBad(seen.health) else { return (wan, nil) }
            return (wan, Condition(time: recorded.time, wan: wan, health: seen.health))
        case (.health, _):
            guard let health = event.health, drills[wan] != nil else { return nil }
            drills[wan] = Condition(time: recorded.time, wan: wan, health: health.health)
            return (wan, nil)
        default: return nil
        }
    }

    private mutating func append(_ recorded: RecordedEvent, _ wan: String, _ health: ControlEvent.Health) {
        batch.events.append(recorded)
        add(
            Condition(
                time: recorded.time, wan: wan, health: health.health, fault: health.fault, lossPercent: health.lossPercent,
                roundTripMilliseconds: health.roundTripMilliseconds))
    }

    private mutating func add(_ condition: Condition) {
        batch.conditions.append(condition)
        latest[condition.wan] = condition
    }

    /// With the status: what came before isn't known, so how each WAN is has to be written down.
    private mutating func beginSpan(at start: Moment, _ status: Status?) {
        span = Span(start: start, end: start)
        run?.span = start
        for wan in status?.wans ?? [] {
            // If it has changed since then, an event that is still to come tells of it.
            if let since = Moment(wan.since), since <= start { add(Condition(wan, at: start)) }
        }
    }

    private mutating func stillHeard(at now: Now) {
        heard = now
        guard let name, let run, var span else { return }
        span.end = max(span.end, now.wall)
        self.span = span
        batch.runs[name] = run
        batch.spans[span.start] = span.end
    }
}

extension ControlEvent.Kind {
    /// Of the history itself.
    package static let history = Self(rawValue: "history")
}

extension Condition {
    init(_ wan: WANStatus, at time: Moment) {
        self.init(
            time: time, wan: wan.name, health: wan.health, fault: wan.fault?.text, lossPercent: wan.lossPercent,
            roundTripMilliseconds: wan.roundTripMilliseconds)
    }

    /// The figures of a WAN that is dead are the same for hours.
    func tells(otherThan last: Condition) -> Bool {
        fault != last.fault || lossPercent != last.lossPercent || roundTripMilliseconds != last.roundTripMilliseconds
    }
}

func seconds(_ duration: Duration) -> Double { Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18 }
