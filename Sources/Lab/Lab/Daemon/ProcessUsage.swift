internal import Glibc

/// What a process costs, from /proc.
package struct ProcessUsage: Sendable {
    package var residentKiB: Int
    /// Anonymous: what the process has written to, or got without a file behind it. Pages of the program's file can be dropped at any time.
    package var privateKiB: Int
    /// The most that it ever had resident, since its start or `ProcessUsage.forgetPeak`.
    package var peakKiB: Int
    package var threads: Int
    /// Of all threads, ended ones too, in ticks of 10 ms. What both come to is exact; how much of it is whose the kernel tells by where its own
    /// clock finds the process.
    package var user: Duration
    package var system: Duration
    package var taken: Moment

    package static func read(_ processIdentifier: Int32) async throws -> ProcessUsage {
        let folder = "/proc/\(processIdentifier)"
        let text = try await Command.script(
            """
            cat \(folder)/smaps_rollup
            sed 's/^.*) /stat: /' \(folder)/stat
            sed -n 's/^VmHWM:/Peak:/p; /^Threads:/p' \(folder)/status
            """)
        let lines = text.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).flatMap { $0.split(separator: "\t") }
        }
        func value(_ key: String) -> Int { lines.first { $0.first == key[...] && $0.count > 1 }.flatMap { Int($0[1]) } ?? 0 }
        // utime and stime are the 14th and 15th field of proc_pid_stat(5), the 12th and 13th after the name.
        guard let stat = lines.first(where: { $0.first == "stat:" }), stat.count > 13, let user = Int(stat[12]), let system = Int(stat[13])
        else { throw LabError("no times in \(folder)/stat: \(text)") }
        let tick = 1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
        return ProcessUsage(
            residentKiB: value("Rss:"), privateKiB: value("Anonymous:"), peakKiB: value("Peak:"),
            threads: value("Threads:"), user: .nanoseconds(Int64(user) * tick), system: .nanoseconds(Int64(system) * tick), taken: .now)
    }

    package var cpu: Duration { user + system }
}

extension ProcessUsage {
    /// proc_pid_clear_refs(5).
    package static func forgetPeak(of processIdentifier: Int32) async throws {
        try await Command.script("echo 5 > /proc/\(processIdentifier)/clear_refs")
    }
}

/// In bytes; nil if there is no such file.
package func sizeOnDisk(_ path: String) -> Int? {
    var information = stat()
    return stat(path, &information) == 0 ? Int(information.st_size) : nil
}
