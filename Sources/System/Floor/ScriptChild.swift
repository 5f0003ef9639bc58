import CLinux
import Glibc

/// A program of the administrator's that runs, and what it has to say: a probe of kind exec, a hook.
///
/// Not swift-subprocess, which runs what we choose ourselves: of these nothing is known. One may leave a child behind that holds its output
/// open, so it is over when the process has ended, not when the output has; and what is left of its group is killed before the number of
/// the group can be anybody else's.
package struct ScriptChild: Sendable {
    package let process: Int32
    /// Ready when the process has ended.
    package let end: Descriptor
    /// Its standard output and standard error. Reading never waits.
    package let output: Descriptor

    /// Starts it as the leader of a new process group, with nothing of ours but the environment that is given here.
    ///
    /// Waits until the program is loaded, which may be as long as a disk takes: not for a queue that others wait for.
    ///
    /// - Parameter input: what it can read from its standard input. It lies in memory, so nobody waits for the program to read it.
    package static func start(_ command: [String], environment: [String], input: [UInt8]? = nil) throws(CallError) -> ScriptChild {
        let program = command.first ?? ""
        func must(_ code: Int32) throws(CallError) {
            guard code == 0 else { throw CallError(action: "starting \(program)", code: code) }
        }
        var ends: [Int32] = [-1, -1]
        try must(uplinkd_pipe(&ends) == 0 ? 0 : errno)
        let (output, theirs) = (Descriptor(ends[0]), Descriptor(ends[1]))
        // Ours alone: a script doesn't expect that it can't write.
        try must(fcntl(output.number, F_SETFL, O_NONBLOCK) == 0 ? 0 : errno)
        let file = try input.map { (bytes) throws(CallError) in try memory(with: bytes, for: program) }
        defer { withExtendedLifetime((theirs, file)) {} }

        var actions = posix_spawn_file_actions_t()
        try must(posix_spawn_file_actions_init(&actions))
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let file {
            try must(posix_spawn_file_actions_adddup2(&actions, file.number, 0))
        } else {
            try must(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0))
        }
        for number: Int32 in [1, 2] { try must(posix_spawn_file_actions_adddup2(&actions, theirs.number, number)) }

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
            throw CallError(action: "watching \(program)", code: code)
        }
        return ScriptChild(process: process, end: Descriptor(end), output: output)
    }

    private static func memory(with bytes: [UInt8], for program: String) throws(CallError) -> Descriptor {
        let number = uplinkd_memory_file()
        guard number >= 0 else { throw .last("making the input of \(program)") }
        let file = Descriptor(number)
        try file.write(bytes, "writing the input of \(program)")
        // The program has the same position in it as we.
        guard lseek(number, 0, SEEK_SET) == 0 else { throw .last("writing the input of \(program)") }
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
