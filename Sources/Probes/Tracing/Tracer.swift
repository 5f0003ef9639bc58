import CLinux
package import Floor
import Glibc
package import Model
import Probing

/// Follows the path to an address by one interface.
package struct Tracer {
    private let target: IPAddress
    private let socket: TraceSocket

    package init(to target: IPAddress, by interfaceIndex: UInt32) throws(CallError) {
        self.target = target
        socket = try TraceSocket(target.family, interfaceIndex: interfaceIndex)
        // Otherwise the kernel would take the target to be on the link, and silence would look like the path's.
        try Routes().check(target, by: interfaceIndex)
    }

    /// - Parameter tell: gets each hop, in their order, as soon as all is known of it.
    package func run(_ limits: Trace.Limits, tell: (Trace.Hop) throws -> Void) throws {
        var trace = Trace(to: target, limits, identifier: .random(in: 0 ... .max), cookie: .random(in: 0 ... .max))
        var failures = 0
        while !trace.isOver {
            while let next = trace.next(at: .now()) {
                do throws(CallError) {
                    try socket.send(next, to: target)
                    failures = 0
                } catch {
                    // What an earlier request has brought on may come with this one, and a full queue has room in a moment.
                    failures += 1
                    guard failures < 20 else { throw error }
                    trace.takeBack()
                    break
                }
            }
            var entry = pollfd(fd: socket.descriptor.number, events: Int16(POLLIN), revents: 0)
            let left = trace.deadline.map { $0 - .now() } ?? .seconds(1)
            // At least one: a deadline of less than a millisecond from now must not turn the loop.
            poll(&entry, 1, Int32(clamping: max(1, left.nanoseconds / 1_000_000 + 1)))
            // A pending error is told once, and is no packet.
            while let (message, source) = try? socket.receive() { trace.receive(message, from: source, at: .now()) }
            while let hop = trace.take(at: .now()) { try tell(hop) }
        }
    }
}
