import Control
import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials
import Synchronization
import Varlink

/// Asks uplinkd once a second, and at each event, in tasks of its own: keys and a changed size are answered at once, whatever uplinkd does.
final class ScreenFeed: Sendable {
    struct News: Sendable {
        var status: Status
        /// nil: as before. So it is between two seconds, which are the plot's.
        var quality: [WANQuality]?
        var events: [ControlEvent]
        /// nil: as before.
        var clients: [ClientStatus]?
        /// Comes once.
        var past: [SampleSeries]?
    }

    /// What has come since somebody took it.
    private let latest = Mutex<Result<News, any Error>?>(nil)
    private let clients = Mutex<[ClientStatus]?>(nil)
    private let past = Mutex<[SampleSeries]?>(nil)
    private let wake: @Sendable () -> Void

    static let mostEvents = 200

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    func start(_ control: String) {
        // One thread for all of it.
        let poll = Poll(queue: DispatchQueue(label: "feed"))
        Task {
            do { try await follow(control, poll) } catch { put(.failure(error)) }
        }
        Task { try? await recall(control, poll) }
        // The count goes through all sessions of the box, and nothing waits for it. What keeps it from coming ends the view by the other
        // task, or it is a daemon that doesn't count.
        Task {
            guard let client = try? AsyncClient<ControlError>(path: control, poll: poll) else { return }
            while let counted = try? await client.call(ControlMethod.clients, NoParameters()).clients {
                clients.withLock { $0 = counted }
                try await Task.sleep(for: .seconds(10))
            }
        }
    }

    /// What was asked in the last minutes. A daemon that doesn't tell leaves the plots' beginning empty.
    private func recall(_ control: String, _ poll: Poll) async throws {
        let client = try AsyncClient<ControlError>(path: control, poll: poll)
        var series: [SampleSeries] = []
        var after: Int?
        while true {
            let reply = try await client.call(ControlMethod.samples, SamplesParameters(after: after))
            if reply.until / 1000 > Int(Date().timeIntervalSince1970) - Plot.limit { series += reply.series }
            guard reply.more, reply.last != after else { break }
            after = reply.last
        }
        past.withLock { $0 = series }
    }

    /// Until the connection ends.
    private func follow(_ control: String, _ poll: Poll) async throws {
        let asking = try AsyncClient<ControlError>(path: control, poll: poll)
        let following = try AsyncClient<ControlError>(path: control, poll: poll)
        try await following.begin(ControlMethod.events, EventsParameters(last: Self.mostEvents, follow: true))
        guard let past: EventsReply = try await following.next(until: .now + .seconds(15)) else {
            throw ControlClientError.noAnswer(path: control)
        }
        var events = past.events
        while true {
            let second = ContinuousClock.now + .seconds(1)
            let quality = try await asking.call(ControlMethod.quality, QualityParameters()).quality
            try await put(status: asking, quality: quality, events)
            while .now < second, let new: EventsReply = try await following.next(until: second) {
                events = (events + new.events).suffix(Self.mostEvents)
                try await put(status: asking, quality: nil, events)
            }
        }
    }

    private func put(status asking: AsyncClient<ControlError>, quality: [WANQuality]?, _ events: [ControlEvent]) async throws {
        let status = try await asking.call(ControlMethod.status, NoParameters()).status
        let counted = clients.withLock { $0.take() }
        // Behind the first second, which says whom the plots are of.
        let recalled = quality == nil ? nil : past.withLock { $0.take() }
        put(.success(News(status: status, quality: quality, events: events, clients: counted, past: recalled)))
    }

    private func put(_ news: Result<News, any Error>) {
        latest.withLock { latest in
            guard case .success(var new) = news, case .success(let old)? = latest else { return latest = news }
            // What hasn't been shown yet isn't lost.
            new.quality = new.quality ?? old.quality
            new.clients = new.clients ?? old.clients
            new.past = new.past ?? old.past
            latest = .success(new)
        }
        wake()
    }

    func take() throws -> News? { try latest.withLock { $0.take() }?.get() }
}
