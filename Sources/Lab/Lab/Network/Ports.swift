internal import Synchronization

/// A server port for each piece of traffic of a lab.
final class Ports: Sendable {
    private let last = Mutex(range.lowerBound)

    static let range = 7000...9999

    /// The first of so many.
    func next(_ count: Int = 1) -> Int {
        last.withLock {
            $0 += count
            return $0 - count + 1
        }
    }
}
