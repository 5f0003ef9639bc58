internal import CPerf
internal import Glibc

/// Counts what a process does from now on: perf_event_open(2), with threads that come later and those that have ended.
///
/// What /proc has of context switches is each thread's own, and gone with it: threads that live for a moment would cost nothing.
package struct ProcessMeter: ~Copyable {
    private var counters: [(time: Int32, switches: Int32)] = []

    package struct Reading: Sendable {
        package var cpu: Duration = .zero
        /// Each stands for one wake-up, or for somebody who pushed in.
        package var switches = 0
    }

    package init(_ processIdentifier: Int32) throws {
        var known: Set<Int32> = []
        // Those that a counted thread makes are counted with it. Until the list is the same as before: one that wasn't counted yet may have made some.
        while true {
            let new = try Self.threads(of: processIdentifier).filter { !known.contains($0) }
            if new.isEmpty { break }
            for thread in new {
                known.insert(thread)
                let (time, switches) = (
                    uplinkd_count(thread, PERF_COUNT_SW_TASK_CLOCK), uplinkd_count(thread, PERF_COUNT_SW_CONTEXT_SWITCHES)
                )
                let code = errno
                guard time >= 0, switches >= 0 else {
                    close(time)
                    close(switches)
                    // It has ended meanwhile.
                    if code == ESRCH { continue }
                    throw LabError("can't count what thread \(thread) does: \(String(cString: strerror(code)))")
                }
                counters.append((time, switches))
            }
        }
        if counters.isEmpty { throw LabError("process \(processIdentifier) has no threads") }
    }

    deinit {
        for counter in counters {
            close(counter.time)
            close(counter.switches)
        }
    }

    package func read() throws -> Reading {
        var sum = Reading()
        for counter in counters {
            sum.cpu += .nanoseconds(Int64(try Self.value(of: counter.time)))
            sum.switches += Int(try Self.value(of: counter.switches))
        }
        return sum
    }

    private static func value(of counter: Int32) throws -> UInt64 {
        var value: UInt64 = 0
        guard Glibc.read(counter, &value, 8) == 8 else { throw LabError("can't read a counter: \(String(cString: strerror(errno)))") }
        return value
    }

    private static func threads(of processIdentifier: Int32) throws -> [Int32] {
        guard let folder = opendir("/proc/\(processIdentifier)/task") else { return [] }
        defer { closedir(folder) }
        var found: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Int32(name) { found.append(number) }
        }
        return found
    }
}
