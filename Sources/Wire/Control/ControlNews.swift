package import ControlProtocol
import Synchronization
import Varlink

/// What the streams of net.uplinkd tell: the daemon tells it, once, and whoever follows hears of it.
package struct ControlNews: Sendable {
    let events = Feed<ControlEvent>()
    let changes: StatusChanges
    let shared: SharedStatus

    package init() {
        changes = StatusChanges()
        shared = SharedStatus(changes)
    }

    /// Told to every follower.
    package func happened(_ event: ControlEvent) { events.tell(event) }

    /// Every watcher gets a new status. Several changes in a row may become one.
    package func statusChanged() { changes.tell() }
}

/// The changes of the status: that there was one, and how many there have been.
final class StatusChanges: Sendable {
    private let count = Atomic<Int>(0)
    private let feed = Feed<Void>()

    var number: Int { count.load(ordering: .sequentiallyConsistent) }

    func tell() {
        // First: whoever hears of it asks for its number.
        count.add(1, ordering: .sequentiallyConsistent)
        feed.tell(())
    }

    /// One change that hasn't been heard stands for all: the status is asked for after it.
    func follow() -> AsyncStream<Void> { feed.follow(newest: 1) }
}

/// The status after a change: read and written down once, however many watch.
actor SharedStatus {
    typealias Written = WrittenReply<WatchReply>

    private let changes: StatusChanges
    /// With how many changes there had been when it was asked for: all of them are in it.
    private var latest: (changes: Int, reply: Task<Written, any Error>)?

    init(_ changes: StatusChanges) { self.changes = changes }

    /// With all changes that there have been so far. Whoever waits for it may go, and the others still get it.
    func afterChange(_ read: @escaping @Sendable () async throws -> Status) async throws -> Written {
        let number = changes.number
        if let latest, latest.changes == number { return try await latest.reply.value }
        let reply = Task { try Written(WatchReply(status: try await read())) }
        latest = (number, reply)
        return try await reply.value
    }
}
