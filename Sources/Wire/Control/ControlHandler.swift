package import ControlProtocol
package import Varlink

/// The daemon, as its control socket needs it: what answers the methods of net.uplinkd, but for those that follow from the others.
package protocol ControlHandler: ControlAnswers {
    var news: ControlNews { get }
    /// The latest events, oldest first. nil: all that are kept.
    func events(last: Int?) async throws -> [ControlEvent]
}

extension ControlHandler {
    package func metrics() async throws -> MetricsReply { MetricsReply(text: Metrics.text(try await status().status)) }

    package func watch(_ watcher: ReplyStream<WatchReply>) async throws -> WatchReply? {
        try watcher.require()
        let changes = news.changes.follow()
        // The first one is its own: that of the last change has old figures.
        watcher.send(WatchReply(status: try await status().status))
        for await _ in changes { watcher.send(try await news.shared.afterChange { try await status().status }) }
        return nil
    }

    package func events(_ wanted: EventsParameters, _ follower: ReplyStream<EventsReply>) async throws -> EventsReply? {
        let last = try count(wanted.last)
        guard wanted.follow ?? false else { return EventsReply(events: try await events(last: last)) }
        try follower.require()
        // From now on nothing is missed: what happens while the past is being asked for is told after it, if it isn't in it.
        let new = news.events.follow()
        let past = try await events(last: last)
        follower.send(EventsReply(events: past))
        for await event in new where event.id > past.last?.id ?? Int.min { follower.send(EventsReply(events: [event])) }
        return nil
    }

    /// Only so many of the latest.
    package func count(_ last: Int?) throws(ServiceError) -> Int? {
        if let last, last < 0 { throw .invalidParameter(parameter: "last") }
        return last
    }
}

extension VarlinkService {
    /// net.uplinkd, as a daemon serves it.
    package static func control(_ handler: any ControlHandler) -> VarlinkService {
        VarlinkService(
            vendor: "uplinkd", product: "uplinkd", version: Version.current, interfaces: [ControlMethod.interface],
            methods: ControlMethod.served(by: handler),
            failed: { ControlError.failed(message: $0) }, full: { ControlError.tooManyClients(limit: $0) })
    }
}
