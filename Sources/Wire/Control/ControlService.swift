import ControlProtocol
package import Varlink

extension VarlinkService {
    /// net.uplinkd, as a daemon serves it.
    package static func control(_ handler: any ControlHandler, _ news: ControlNews) -> VarlinkService {
        VarlinkService(
            vendor: "uplinkd", product: "uplinkd", version: Version.current, interfaces: [ControlMethod.interface],
            methods: reading(handler, news) + changing(handler),
            failed: { ControlError.failed(message: $0) }, full: { ControlError.tooManyClients(limit: $0) })
    }

    private static func reading(_ handler: any ControlHandler, _ news: ControlNews) -> [ServedMethod] {
        let shared = SharedStatus(handler, news.changes)
        return [
            ServedMethod(ControlMethod.status, for: .reading) { _ in StatusReply(status: try await handler.status()) },
            ServedMethod(
                ControlMethod.watch, for: .reading,
                replies: { _, watcher in
                    try watcher.require()
                    let changes = news.changes.follow()
                    // The first one is its own: that of the last change has old figures.
                    watcher.send(WatchReply(status: try await handler.status()))
                    for await _ in changes { watcher.send(try await shared.afterChange()) }
                    return nil
                }),
            ServedMethod(
                ControlMethod.events, for: .reading,
                replies: { wanted, follower in
                    let last = try count(wanted.last)
                    guard wanted.follow ?? false else { return EventsReply(events: try await handler.events(last: last)) }
                    try follower.require()
                    // From now on nothing is missed: what happens while the past is being asked for is told after it, if it isn't in it.
                    let news = news.events.follow()
                    let past = try await handler.events(last: last)
                    follower.send(EventsReply(events: past))
                    for await event in news where event.id > past.last?.id ?? Int.min { follower.send(EventsReply(events: [event])) }
                    return nil
                }),
            ServedMethod(ControlMethod.explain, for: .reading) { wanted in
                let suppositions = wanted.suppositions ?? []
                return ExplainReply(
                    explanation: suppositions.isEmpty
                        ? try await handler.explanation() : try await handler.explanation(supposing: suppositions))
            },
            ServedMethod(ControlMethod.quality, for: .reading) { QualityReply(quality: try await handler.quality(of: $0.wan)) },
            ServedMethod(ControlMethod.clients, for: .reading) { _ in ClientsReply(clients: try await handler.clients()) },
            ServedMethod(ControlMethod.reports, for: .reading) {
                ReportsReply(reports: try await handler.reports(id: $0.id, last: try count($0.last)))
            },
            ServedMethod(ControlMethod.metrics, for: .reading) { _ in MetricsReply(text: Metrics.text(try await handler.status())) },
            ServedMethod(ControlMethod.samples, for: .reading) { try await handler.samples(after: $0.after) },
        ]
    }

    private static func changing(_ handler: any ControlHandler) -> [ServedMethod] {
        [
            // It changes nothing, but it sends what the caller likes to whom the caller likes.
            ServedMethod(ControlMethod.probe, for: .changing) { ProbeReply(results: try await handler.probe($0)) },
            ServedMethod(ControlMethod.switch, for: .changing) {
                SwitchReply(selection: try await handler.switchTo(wan: $0.wan, force: $0.force ?? false))
            },
            ServedMethod(
                ControlMethod.drill, for: .changing,
                replies: { wanted, caller in
                    try caller.require()
                    return DrillReply(progress: try await handler.drill(wanted) { caller.send(DrillReply(progress: $0)) })
                }),
            ServedMethod(ControlMethod.reload, for: .changing) { _ in ReloadReply(changes: try await handler.reload()) },
        ]
    }

    private static func count(_ last: Int?) throws(ServiceError) -> Int? {
        if let last, last < 0 { throw .invalidParameter(parameter: "last") }
        return last
    }
}
