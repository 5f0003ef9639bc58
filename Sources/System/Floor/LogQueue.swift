package import Dispatch
import Glibc
import Synchronization

/// Lines for a descriptor that may take no more: a journal that stalls, a pipe that nobody reads. Whoever adds one never waits; what doesn't fit is
/// dropped and counted, and the count is told when the reader is back. The order stays.
package final class LogQueue: Sendable {
    private struct State {
        var lines: WaitingLines
        var isWriting = false
        /// Nothing can be written any more, and that has been told.
        var isOver = false
    }

    private let descriptor: Int32
    private let state: Mutex<State>
    private let gap: @Sendable (Int) -> String
    private let failed: (@Sendable (_ errno: Int32) -> Void)?
    /// Here alone is waited for the reader. A serial queue has a thread of its own for as long as it has something to do.
    private let queue = DispatchQueue(label: "net.uplinkd.log")

    /// - Parameters:
    ///   - gap: the line that tells how many were dropped.
    ///   - failed: told once, and the end. nil: there is nobody to tell, and it is tried again with the next line.
    package init(
        _ descriptor: Int32, _ lines: WaitingLines = WaitingLines(), gap: @escaping @Sendable (Int) -> String,
        failed: (@Sendable (_ errno: Int32) -> Void)? = nil
    ) {
        self.descriptor = descriptor
        self.gap = gap
        self.failed = failed
        state = Mutex(State(lines: lines))
    }

    package func add(_ line: String) {
        let isIdle = state.withLock { state in
            if state.isOver { return false }
            state.lines.add(line)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if isIdle { queue.async { self.write() } }
    }

    /// Lines that nobody has begun to write.
    var waitingCount: Int { state.withLock { $0.lines.count } }

    /// Waits until what was added before is written, but not for ever: the last line of a program that ends. False: some of it isn't written yet.
    @discardableResult
    package func flush(within time: DispatchTimeInterval = .seconds(1)) -> Bool {
        let written = DispatchSemaphore(value: 0)
        queue.async { written.signal() }
        return written.wait(timeout: .now() + time) == .success
    }

    private func write() {
        while true {
            let (bytes, dropped) = state.withLock { state in
                let taken = state.lines.take()
                state.isWriting = !taken.bytes.isEmpty || taken.dropped > 0
                return taken
            }
            if bytes.isEmpty && dropped == 0 { return }
            let code = write(bytes + (dropped > 0 ? Array((gap(dropped) + "\n").utf8) : []))
            guard let failed, code != 0 else { continue }
            state.withLock { $0.isOver = true }
            return failed(code)
        }
    }

    /// An errno, or 0.
    private func write(_ bytes: [UInt8]) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Whoever shares it with us has made it so.
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            } else if errno != EINTR {
                // Its reader is gone for good, or the disk is full.
                return errno
            }
        }
        return 0
    }
}

/// What waits to be written, and no more than that much. A value.
package struct WaitingLines: Sendable {
    private let lineLimit: Int
    private let byteLimit: Int
    private var bytes: [UInt8] = []
    private(set) var count = 0
    private var dropped = 0

    package init(lines: Int = 2000, bytes: Int = 128 << 10) {
        lineLimit = lines
        byteLimit = bytes
    }

    /// Once one is dropped, so are all until the next `take`: what is missing is missing in one place, and that is told there. One alone may be of
    /// any length: it is in memory already.
    package mutating func add(_ line: String) {
        guard dropped == 0, count == 0 || count < lineLimit && bytes.count + line.utf8.count < byteLimit else {
            dropped += 1
            return
        }
        bytes += line.utf8
        bytes.append(UInt8(ascii: "\n"))
        count += 1
    }

    /// All of it, and how many are missing behind it.
    package mutating func take() -> (bytes: [UInt8], dropped: Int) {
        defer { (bytes, count, dropped) = ([], 0, 0) }
        return (bytes, dropped)
    }
}
