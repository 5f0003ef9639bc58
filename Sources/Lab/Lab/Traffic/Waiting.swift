internal import Glibc
internal import Synchronization

/// SIGTERM and SIGINT as a descriptor, so that one wait is enough for packets, the clock and the end. (A pipe that the handler writes to:
/// Swift's Glibc has no signalfd.)
struct StopSignal {
    let descriptor: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw LabError("pipe: \(lastError())") }
        descriptor = ends[0]
        stopPipe.store(ends[1], ordering: .releasing)
        for number in [SIGTERM, SIGINT] {
            var action = sigaction()
            // An atomic load and write(2): nothing else is safe in a handler.
            action.__sigaction_handler.sa_handler = { _ in
                var byte: UInt8 = 0
                _ = write(stopPipe.load(ordering: .acquiring), &byte, 1)
            }
            guard sigaction(number, &action, nil) == 0 else { throw LabError("sigaction: \(lastError())") }
        }
    }
}

private let stopPipe = Atomic<Int32>(-1)

/// Waits until a descriptor is ready or the deadline has come; which are ready is in `descriptors`. The deadline is absolute, so a late
/// wake-up does not shift the ones after it.
func wait(_ descriptors: inout [pollfd], until deadline: Moment?) throws {
    var milliseconds: Int32 = -1
    if let deadline {
        milliseconds = Int32(clamping: max(0, (deadline - .now).wholeNanoseconds / 1_000_000))
    }
    let ready = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    guard ready >= 0 || errno == EINTR else { throw LabError("poll: \(lastError())") }
    // poll(2) counts whole milliseconds; the rest is slept to the nanosecond. Whatever comes in meanwhile is read right after.
    if ready == 0, let deadline {
        var time = timespec(tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
    }
}

extension pollfd {
    init(_ descriptor: Int32, writable: Bool = false) {
        self.init(fd: descriptor, events: Int16(writable ? POLLOUT : POLLIN), revents: 0)
    }

    var isReady: Bool { revents != 0 }
}

/// Out at once: the parent waits for it.
package func printLine(_ text: String) {
    print(text)
    fflush(nil)
}
