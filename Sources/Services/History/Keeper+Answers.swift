package import ControlProtocol
package import HistoryProtocol
package import Model

// What is in the file, and what waits to be written into it.
extension Keeper {
    static let mostEvents = 10_000
    static let mostReports = 100
    /// The better part of a day of the default configuration.
    static let pageBytes = 1 << 18

    /// What somebody has to see to.
    package var problems: [Sentence] { problem.map { [$0] } ?? [] }

    /// The latest 10,000 at most: the memory has a limit, and who wants more can ask for what came before these.
    package func events(_ wanted: EventQuery) throws(HistoryError) -> [ControlEvent] {
        var wanted = wanted
        wanted.last = min(wanted.last ?? Self.mostEvents, Self.mostEvents)
        let waiting = recorder.batch.events.filter { recorded in
            recorded.time >= wanted.since && recorded.time <= wanted.until && wanted.wan.map { $0 == recorded.event.wan } ?? true
                && wanted.kind.map { $0 == recorded.event.kind.rawValue } ?? true
        }
        var events = try (database?.events(wanted) ?? []) + waiting
        // Stable, so that those of the same millisecond stay in the order in which they came.
        events.sort { $0.time < $1.time }
        return events.suffix(wanted.last ?? Self.mostEvents).map(\.event)
    }

    /// The latest 100 at most: each may have 500 clients.
    package func reports(id: String?, since: Moment, last: Int?) throws(HistoryError) -> [SwitchReport] {
        let waiting = recorder.batch.reports.values.filter { report in
            (id.map { $0 == report.id } ?? true) && (Moment(report.decided).map { $0 >= since } ?? true)
        }
        let last = min(last ?? Self.mostReports, Self.mostReports)
        let kept = try database?.reports(id: id, since: since, last: last) ?? []
        let reports = (kept.filter { report in !waiting.contains { $0.id == report.id } } + waiting).sorted { $0.id < $1.id }
        return reports.suffix(last)
    }

    /// nil as the unit: only the whole time.
    package func availability(
        since: Moment?, until: Moment, by unit: LocalCalendar.Unit?, at now: Now
    ) throws(HistoryError) -> [WANAvailability] {
        let known = try knowledge(since: since, until: until, at: now)
        let periods = unit.map { LocalCalendar.periods($0, from: known.start, to: known.end) } ?? []
        return known.wans.flatMap { wan in
            (periods + [Period(name: "all", start: known.start, end: known.end)]).map { period in
                WANAvailability(of: wan.name, in: period, wan.timeline, outages: wan.outages, switches: wan.switches)
            }
        }
    }

    /// Those of which a part lies in the time that is asked for, whole.
    package func outages(of wan: String?, since: Moment?, until: Moment, at now: Now) throws(HistoryError) -> [Outage] {
        let known = try knowledge(since: since, until: until, at: now)
        return known.wans.filter { wan == nil || $0.name == wan }.flatMap(\.outages).filter { $0.end >= known.start }
            .sorted { ($0.start, $0.wan) < ($1.start, $1.wan) }.map { Outage($0) }
    }

    /// The last page has what isn't written yet.
    package func samples(since: Moment?, until: Moment) throws(HistoryError) -> HistoryDatabase.SamplePage {
        var page = try database?.samples(since: since, until: until, bytes: Self.pageBytes) ?? .init()
        if page.next == nil { page.append(recorder.batch.samples, since: since ?? .distantPast, until: until) }
        return page
    }

    // MARK: what the answers are made of

    private struct Known {
        struct WAN {
            var name: String
            var timeline: Timeline
            var outages: [OutageRecord]
            var switches: [Moment]
        }
        var start: Moment
        var end: Moment
        var wans: [WAN] = []
    }

    private func knowledge(since: Moment?, until: Moment, at now: Now) throws(HistoryError) -> Known {
        recorder.observe(at: now)
        let end = min(until, now.wall)
        let waiting = recorder.batch
        var all = Dictionary(
            try (database?.spans(until: end) ?? []).map { ($0.start, $0.end) }, uniquingKeysWith: { $1 })
        all.merge(waiting.spans) { $1 }
        let spans = Span.merged(all.map { Span(start: $0.key, end: $0.value) }, until: end)
        let start = since ?? spans.first?.start ?? end
        // From the start of the span that `start` lies in: how a WAN was then may have been so for long.
        let first = spans.first { $0.end >= start }?.start ?? start
        var conditions = try database?.conditions(since: first, until: end) ?? []
        conditions += waiting.conditions.filter { $0.time >= first && $0.time <= end }
        conditions.sort { $0.time < $1.time }
        let switches = try events(EventQuery(since: start, until: end, kind: ControlEvent.Kind.selection.rawValue)).compactMap {
            event in event.switched.map { (event.time, $0) }
        }
        let goesOnAt = recorder.isFollowing && end >= now.wall ? spans.last?.end : nil
        var known = Known(start: start, end: max(start, end))
        for (wan, conditions) in Dictionary(grouping: conditions, by: \.wan).sorted(by: { $0.key < $1.key }) {
            let timeline = Timeline(conditions, in: spans)
            known.wans.append(
                Known.WAN(
                    name: wan, timeline: timeline, outages: timeline.outages(of: wan, goesOnAt: goesOnAt),
                    switches: switches.filter { $1.from == wan || $1.to == wan }.compactMap { Moment($0.0) }))
        }
        return known
    }
}
