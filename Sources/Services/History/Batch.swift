package import ControlProtocol

/// An event, and of which run of which program: a daemon's ids begin anew with each start.
package struct RecordedEvent: Equatable, Sendable {
    package var run: String
    package var time: Moment
    package var event: ControlEvent
}

/// How far one run of the daemon has been heard.
package struct Run: Equatable, Sendable {
    package var lastID: Int
    /// The start of the span that it is in.
    package var span: Moment
}

/// What has been heard and isn't written yet. One transaction writes all of it.
package struct Batch: Equatable, Sendable {
    /// As far as the events of each run are known, and the start of the span that it is in.
    package var runs: [String: Run] = [:]
    /// By their start: their end.
    package var spans: [Moment: Moment] = [:]
    package var events: [RecordedEvent] = []
    package var conditions: [Condition] = []
    /// By id: a report that has grown takes the place of the one before.
    package var reports: [String: SwitchReport] = [:]
    package var samples = SampleBatch()

    /// A full disk must not fill the memory as well. Reports have up to 500 clients each.
    static let mostEvents = 5000
    static let mostReports = 50

    /// The rest could wait: the end of a span is known again at the next connection, and the daemon remembers its probes for two hours.
    package var holdsNews: Bool { !events.isEmpty || !conditions.isEmpty || !reports.isEmpty }
    package var isEmpty: Bool { !holdsNews && runs.isEmpty && spans.isEmpty && samples.isEmpty }

    /// How many events and reports had to go, oldest first.
    mutating func trim() -> Int {
        let before = events.count + reports.count
        events.removeFirst(max(0, events.count - Self.mostEvents))
        conditions.removeFirst(max(0, conditions.count - Self.mostEvents))
        for id in reports.keys.sorted().prefix(max(0, reports.count - Self.mostReports)) { reports[id] = nil }
        return before - events.count - reports.count
    }
}
