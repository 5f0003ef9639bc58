internal import Floor
internal import Glibc
internal import Plan
internal import Subprocess

/// Finds and runs a program of iptables or nftables, to its end, within limits.
enum FirewallChild {
    /// All that the child gets to know: iptables may start modprobe, which must not come from somebody's home.
    static let path = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin"
    static let lockSeconds = 2
    /// For three pipes, a child and what waits for it, and as many again for whoever opens something at the same moment.
    private static let spareDescriptors = 24
    /// A table of ten thousand rules is about 1 MB of text.
    private static let outputLimit = 4 << 20

    static func searched(_ path: String?, _ systemPath: String?) -> String {
        let own = path ?? getenv("PATH").map { String(cString: $0) } ?? ""
        return [own, systemPath ?? Self.path].filter { !$0.isEmpty }.joined(separator: ":")
    }

    /// - Parameter advice: what to do where it isn't.
    static func locate(_ program: String, in path: String, _ advice: String) async throws(FirewallError) -> Executable {
        do throws(SubprocessError) {
            return .path(try await Executable.name(program).resolveExecutablePath(in: .custom(["PATH": path])))
        } catch  where error.code == .executableNotFound {
            throw FirewallError("\(program) is not in \(path): \(advice)")
        } catch {
            throw FirewallError("looking for \(program): \(error)")
        }
    }

    /// What the program printed. Throws if it failed in any way; the child is gone then, too.
    static func run(
        _ program: Executable, _ arguments: [String], input: String = "", limit: Duration
    ) async throws(FirewallError) -> String {
        // swift-subprocess ends the process where it can't make its pipes.
        guard Descriptor.areLeft(spareDescriptors) else {
            throw FirewallError("\(program) could not be run: too many open files in this process (LimitNOFILE= of the unit, ulimit -n)")
        }
        let result: Finished?
        do {
            result = try await withThrowingTaskGroup(of: Finished?.self) { group in
                group.addTask { try await start(program, arguments, input) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return nil
                }
                // Whichever is first. Cancelling the other one kills and reaps the child, or ends the sleep; the group waits for it.
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw FirewallError("\(program) printed more than \(outputLimit >> 20) MB: is the table that large?")
        } catch is CancellationError {
            throw FirewallError("\(program) was stopped before it had finished")
        } catch {
            throw FirewallError("\(program) could not be run: \(error)")
        }
        guard let result else { throw FirewallError("\(program) did not finish within \(limit) and was killed") }
        if result.status.isSuccess { return result.output }
        throw explain(program, result)
    }

    private struct Finished: Sendable {
        var status: TerminationStatus
        var output: String
        var complaint: String
    }

    private static func start(_ program: Executable, _ arguments: [String], _ input: String) async throws -> Finished {
        // A child that gives up before it has read everything breaks the pipe, which by default ends this process.
        signal(SIGPIPE, SIG_IGN)
        let result = try await Subprocess.run(
            program, arguments: Arguments(arguments), environment: .custom(["PATH": path, "LC_ALL": "C"]), input: .inputWriter,
            output: .string(limit: outputLimit), error: .string(limit: outputLimit)
        ) { child in
            do throws(SubprocessError) {
                _ = try await child.standardInputWriter.write(input)
                try await child.standardInputWriter.finish()
            } catch {
                // Then its exit status and its own words say why, and better than EPIPE.
            }
        }
        return Finished(status: result.terminationStatus, output: result.standardOutput, complaint: result.standardError)
    }

    /// The exit status is 4 for nearly everything, so its words decide what to advise; they are those of LC_ALL=C.
    private static func explain(_ program: Executable, _ result: Finished) -> FirewallError {
        let lines = result.complaint.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("Warning:") && !$0.hasPrefix("#") }
        let complaint = lines.isEmpty ? "no explanation" : String(lines.joined(separator: "; ").prefix(400))
        let advice =
            if complaint.contains("xtables lock") {
                ": another program has held the lock for \(lockSeconds) s"
            } else if complaint.contains("open lock file") {
                ": the daemon's user may not open the lock file of the legacy variant; give its group access with tmpfiles.d"
            } else if complaint.contains("Permission denied") || complaint.contains("Operation not permitted")
                || complaint.contains("you must be root")
            {
                ": CAP_NET_ADMIN and CAP_NET_RAW are needed"
            } else if complaint.contains("initialize table") {
                // The legacy variant has the same words for both.
                ": CAP_NET_ADMIN and CAP_NET_RAW are needed, and a kernel with this table for this variant"
            } else {
                ""
            }
        let end =
            switch result.status {
            case .exited(let code): "exit status \(code)"
            case .signaled(let signal): "signal \(signal)"
            }
        return FirewallError("\(program) failed (\(end))\(advice): \(complaint)")
    }
}
