package import ControlProtocol
import Dispatch
package import Floor
import Varlink

/// Follows the daemon's events, and comes back when it was away: for every program that lives beside it.
package struct ControlFollower: Sendable {
    package enum News: Sendable {
        /// All events that the daemon still has. `status` is that of the same daemon, from just before. `weWereFirst`: there was a time without one.
        case connected(Status, past: [ControlEvent], weWereFirst: Bool)
        case happened([ControlEvent])
        /// Comes every so often while there is a connection, whatever happens.
        case alive
        /// Why there is no connection; another attempt follows. `isNew`: it isn't what was told last.
        case away(ControlClientError, isNew: Bool)
    }

    private let path: String
    /// For every connection to the daemon.
    package let poll = Poll(queue: DispatchQueue(label: "net.uplinkd.follower"))
    private let signOfLife: Duration
    private let pause: @Sendable (Duration) async -> Void

    /// `pause` waits for so long, or until the task is cancelled.
    package init(
        path: String, signOfLife: Duration = .seconds(60),
        pause: @escaping @Sendable (Duration) async -> Void = { do { try await Task.sleep(for: $0) } catch {} }
    ) {
        self.path = path
        self.signOfLife = signOfLife
        self.pause = pause
    }

    /// Until the task is cancelled. One piece of news after the other; what `hear` throws ends the connection.
    package func run(_ hear: @Sendable (News) async throws(ControlClientError) -> Void) async {
        var backoff = Backoff()
        var weWereFirst = false
        var told: ControlClientError?
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            do throws(ControlClientError) {
                try await follow { news throws(ControlClientError) in
                    if case .connected(let status, let past, _) = news {
                        told = nil
                        return try await hear(.connected(status, past: past, weWereFirst: weWereFirst))
                    }
                    try await hear(news)
                }
            } catch {
                switch error {
                case .noSocket, .nobodyListens: weWereFirst = true
                default: break
                }
                // It is told already that there is none: what goes wrong with that doesn't matter.
                do throws(ControlClientError) { try await hear(.away(error, isNew: error != told)) } catch {}
                told = error
            }
            await pause(backoff.next(after: begun.duration(to: .now)))
        }
    }

    /// Until the connection ends, or the task is cancelled.
    private func follow(_ hear: (News) async throws(ControlClientError) -> Void) async throws(ControlClientError) {
        let client = try AsyncClient<ControlError>(path: path, poll: poll)
        let status = try await client.call(ControlMethod.status, NoParameters()).status
        try await client.begin(ControlMethod.events, EventsParameters(follow: true))
        guard let past: EventsReply = try await client.next(until: .now + .seconds(30)) else { throw .noAnswer(path: path) }
        try await hear(.connected(status, past: past.events, weWereFirst: false))
        var signAt = ContinuousClock.now + signOfLife
        while !Task.isCancelled {
            if let new: EventsReply = try await client.next(until: signAt) { try await hear(.happened(new.events)) }
            if ContinuousClock.now >= signAt {
                signAt = .now + signOfLife
                try await hear(.alive)
            }
        }
    }
}

/// How long to wait before the next attempt.
struct Backoff {
    static let shortest: Duration = .milliseconds(100)
    static let longest: Duration = .seconds(5)
    private var current = shortest

    /// - Parameter lasted: how long the connection was there. One that ends at once, again and again, isn't asked for more often than one that isn't.
    mutating func next(after lasted: Duration) -> Duration {
        if lasted > Self.longest { current = Self.shortest }
        defer { current = min(current * 2, Self.longest) }
        return current
    }
}
