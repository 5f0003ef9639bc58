internal import Glibc

/// What a process costs, from /proc.
package struct ProcessUsage: Sendable {
    package var residentKiB: Int
    /// Anonymous: what the process has written to, or got without a file behind it. Pages of the program's file can be dropped at any time.
    package var privateKiB: Int
    /// The most that it ever had resident, since its start or `ProcessUsage.forgetPeak`.
    package var peakKiB: Int
    package var threads: Int
    /// utime + stime of all threads, ended ones too.
    package var cpu: Duration
    /// Context switches of all threads, voluntary or not: each stands for one wake-up.
    package var switches: Int
    package var taken: Moment

    package static func read(_ processIdentifier: Int32) async throws -> ProcessUsage {
        let folder = "/proc/\(processIdentifier)"
        let text = try await Command.script(
            """
            cat \(folder)/smaps_rollup
            sed 's/^.*) /stat: /' \(folder)/stat
            sed -n 's/^VmHWM:/Peak:/p' \(folder)/status
            cat \(folder)/task/*/status
            """)
        let lines = text.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).flatMap { $0.split(separator: "\t") }
        }
        func sum(_ keys: String...) -> Int {
            lines.filter { line in keys.contains { line.first == $0[...] } }.compactMap { $0.count > 1 ? Int($0[1]) : nil }.reduce(0, +)
        }
        // utime and stime are the 14th and 15th field of proc_pid_stat(5), the 12th and 13th after the name.
        guard let stat = lines.first(where: { $0.first == "stat:" }), stat.count > 13, let user = Int(stat[12]), let system = Int(stat[13])
        else { throw LabError("no times in \(folder)/stat: \(text)") }
        let ticks = sysconf(Int32(_SC_CLK_TCK))
        return ProcessUsage(
            residentKiB: sum("Rss:"), privateKiB: sum("Anonymous:"), peakKiB: sum("Peak:"),
            threads: lines.count { $0.first == "Pid:" }, cpu: .nanoseconds(Int64(user + system) * 1_000_000_000 / Int64(ticks)),
            switches: sum("voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:"), taken: .now)
    }
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
