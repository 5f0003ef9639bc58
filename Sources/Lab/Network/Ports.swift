internal import Synchronization

/// A server port for each piece of traffic of a lab.
final class Ports: Sendable {
    private let last = Mutex(7000)

    func next() -> Int {
        last.withLock {
            $0 += 1
            return $0
        }
    }
}
