import CLinux
import Glibc

/// A program of the administrator's that runs, and what it has to say: a probe of kind exec, a hook.
///
/// Not swift-subprocess, which runs what we choose ourselves: of these nothing is known. One may leave a child behind that holds its output
/// open, so it is over when the process has ended, not when the output has; and what is left of its group is killed before the number of
/// the group can be anybody else's.
package struct ScriptChild: Sendable {
    package let process: Int32
    /// Ready when the process has ended. To be closed by whoever has started it, as the next one.
    package let end: Int32
    /// Its standard output and standard error. Reading never waits.
    package let output: Int32

    /// Starts it as the leader of a new process group, with nothing of ours but the environment that is given here.
    ///
    /// Waits until the program is loaded, which may be as long as a disk takes: not for a queue that others wait for.
    ///
    /// - Parameter input: what it can read from its standard input. It lies in memory, so nobody waits for the program to read it.
    package static func start(_ command: [String], environment: [String], input: [UInt8]? = nil) throws(ScriptError) -> ScriptChild {
        let program = command.first ?? ""
        func must(_ code: Int32) throws(ScriptError) {
            guard code == 0 else { throw ScriptError(action: "starting \(program)", code: code) }
        }
        var ends: [Int32] = [-1, -1]
        try must(uplinkd_pipe(&ends) == 0 ? 0 : errno)
        let output = ends[0]
        var isStarted = false
        defer {
            close(ends[1])
            if !isStarted { close(output) }
        }
        // Ours alone: a script doesn't expect that it can't write.
        try must(fcntl(output, F_SETFL, O_NONBLOCK) == 0 ? 0 : errno)
        let file = try input.map { (bytes) throws(ScriptError) in try memory(with: bytes, for: program) }
        defer { if let file { close(file) } }

        var actions = posix_spawn_file_actions_t()
        try must(posix_spawn_file_actions_init(&actions))
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let file {
            try must(posix_spawn_file_actions_adddup2(&actions, file, 0))
        } else {
            try must(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0))
        }
        for number: Int32 in [1, 2] { try must(posix_spawn_file_actions_adddup2(&actions, ends[1], number)) }

        var attributes = posix_spawnattr_t()
        try must(posix_spawnattr_init(&attributes))
        defer { posix_spawnattr_destroy(&attributes) }
        // Dispatch's threads block what signals they can, and the daemon ignores SIGPIPE; both would be inherited.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        try must(posix_spawnattr_setsigmask(&attributes, &none))
        try must(posix_spawnattr_setsigdefault(&attributes, &all))
        try must(posix_spawnattr_setpgroup(&attributes, 0))
        try must(posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)))

        var (arguments, variables) = (command.map { strdup($0) } + [nil], environment.map { strdup($0) } + [nil])
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        try must(posix_spawnp(&process, program, &actions, &attributes, &arguments, &variables))
        let end = uplinkd_pidfd_open(process)
        guard end >= 0 else {
            let code = errno
            kill(-process, SIGKILL)
            waitpid(process, nil, 0)
            throw ScriptError(action: "watching \(program)", code: code)
        }
        isStarted = true
        return ScriptChild(process: process, end: end, output: output)
    }

    private static func memory(with bytes: [UInt8], for program: String) throws(ScriptError) -> Int32 {
        let file = uplinkd_memory_file()
        guard file >= 0 else { throw ScriptError(action: "making the input of \(program)", code: errno) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(offset)) }
            if count > 0 {
                offset += count
            } else if errno != EINTR {
                let code = errno
                close(file)
                throw ScriptError(action: "writing the input of \(program)", code: code)
            }
        }
        return file
    }

    /// To all of its group.
    package func signal(_ number: Int32) { kill(-process, number) }

    /// nil: it still runs. Afterwards nothing of its group is left.
    package func reap() -> (status: Int32?, signal: Int32?)? {
        var information = siginfo_t()
        // First without reaping it: until that is done its number can't be another group's.
        guard waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0, information.si_signo == SIGCHLD else {
            return nil
        }
        signal(SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        // WIFEXITED and its kin are macros.
        return status & 0x7f == 0 ? (status >> 8 & 0xff, nil) : (nil, status & 0x7f)
    }
}

/// Why a program could not be started: a system call that failed.
package struct ScriptError: Error, Equatable, Sendable, CustomStringConvertible {
    package var action: String
    /// An errno.
    package var code: Int32

    package var description: String { "\(action): \(String(cString: strerror(code)))" }
}
