import Synchronization

/// Tells all who follow, from any thread; what is told first is heard first.
package final class Feed<Element: Sendable>: Sendable {
    private struct Followers {
        var all: [UInt64: AsyncStream<Element>.Continuation] = [:]
        var last: UInt64 = 0
    }

    private let followers = Mutex(Followers())

    package init() {}

    package func tell(_ element: Element) {
        // Not under the lock: whoever hears of it may be at the end, and leave.
        for follower in followers.withLock({ Array($0.all.values) }) { follower.yield(element) }
    }

    /// What is told from now on, until the task that listens is cancelled. `newest`: of what isn't heard yet only so many of the latest are kept.
    package func follow(newest: Int? = nil) -> AsyncStream<Element> {
        AsyncStream(bufferingPolicy: newest.map { .bufferingNewest($0) } ?? .unbounded) { continuation in
            let number = followers.withLock { followers in
                followers.last += 1
                followers.all[followers.last] = continuation
                return followers.last
            }
            continuation.onTermination = { [weak self] _ in self?.leave(number) }
        }
    }

    private func leave(_ number: UInt64) { followers.withLock { $0.all[number] = nil } }
}
