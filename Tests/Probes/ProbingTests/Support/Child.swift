import Foundation

/// A program that runs beside the test, spoken to line by line through one socket, its standard input and output.
///
/// Not Foundation's Process: that starts a child with the signal mask of the thread it is called on, and Dispatch's threads block all they
/// can. Such a child ignores SIGTERM, and waitUntilExit(), which has no deadline, waits for it for ever, some of the time at 100 % CPU.
final class Child {
    private let name: String
    private let process: pid_t
    private let socket: Int32
    private var isReaped = false
    private var unread = ""
    /// All that it has said, for the message of a failure.
    private(set) var transcript = ""

    init(_ command: [String], withErrors: Bool = false) throws {
        name = command.joined(separator: " ")
        var pair: [Int32] = [-1, -1]
        try check(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 ? 0 : errno, "socketpair")
        defer { close(pair[1]) }
        do {
            process = try spawn(command, speakingTo: pair[1], withErrors: withErrors)
        } catch {
            close(pair[0])
            throw error
        }
        socket = pair[0]
    }

    deinit {
        end()
        close(socket)
    }

    func say(_ line: String) throws { try write(line + "\n") }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        // A child that is gone must not end the tests by SIGPIPE, and one that doesn't read must not hold them up.
        let count = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        guard count == bytes.count else { throw Failure("\(name) doesn't listen: \(String(cString: strerror(errno)))\n\(transcript)") }
    }

    func finishInput() { shutdown(socket, Int32(SHUT_WR)) }

    /// The next line that begins so; other lines before it are passed over.
    func line(beginning start: String) throws -> String {
        let deadline = Deadline()
        while true {
            while let end = unread.firstIndex(of: "\n") {
                let line = String(unread[..<end])
                unread.removeSubrange(...end)
                if line.hasPrefix(start) { return line }
            }
            guard try read(until: deadline) else { throw Failure("\(name) ended before a line '\(start)…' came:\n\(transcript)") }
        }
    }

    /// Waits until it has ended by itself. Throws if it failed.
    func finish(by deadline: Deadline) throws {
        while try read(until: deadline) {}
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            guard !deadline.isOver else { throw Failure("\(name) goes on and on:\n\(transcript)") }
            usleep(1000)
        }
        isReaped = true
        guard status == 0 else { throw Failure("\(name) ended with wait status \(status):\n\(transcript)") }
    }

    func end() {
        guard !isReaped else { return }
        isReaped = true
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// False at the end.
    private func read(until deadline: Deadline) throws -> Bool {
        var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, deadline.milliseconds) > 0 else { throw Failure("nothing more came from \(name):\n\(transcript)") }
        var buffer = [UInt8](repeating: 0, count: 4096)
        // It may end with input unread, which the kernel tells as ECONNRESET.
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        unread += text
        transcript += text
        return true
    }
}

/// Runs a program to its end and gives back what it wrote.
@discardableResult
func run(_ command: [String], input: String = "", by deadline: Deadline = Deadline()) throws -> String {
    let child = try Child(command, withErrors: true)
    // Even nothing can't be written to a program that has ended already.
    if !input.isEmpty { try child.write(input) }
    child.finishInput()
    try child.finish(by: deadline)
    return child.transcript
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

struct Deadline {
    private let end: ContinuousClock.Instant

    /// 30 s are far beyond anything that these tests wait for, also on a busy machine.
    init(after duration: Duration = .seconds(30)) { end = .now + duration }

    var isOver: Bool { ContinuousClock.now >= end }
    /// Until then, for poll().
    var milliseconds: Int32 { Int32(max(0, (end - .now) / .milliseconds(1))) }
}

private func spawn(_ command: [String], speakingTo socket: Int32, withErrors: Bool) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    try check(posix_spawn_file_actions_init(&actions), "file actions")
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in withErrors ? [0, 1, 2] : [0, 1] {
        try check(posix_spawn_file_actions_adddup2(&actions, socket, descriptor), "file actions")
    }
    var attributes = posix_spawnattr_t()
    try check(posix_spawnattr_init(&attributes), "attributes")
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    try check(posix_spawnattr_setsigmask(&attributes, &none), "attributes")
    try check(posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK)), "attributes")

    let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
    var (arguments, variables) = (command.map { strdup($0) } + [nil], environment.map { strdup($0) } + [nil])
    defer { for text in arguments + variables { free(text) } }
    var process: pid_t = 0
    try check(posix_spawnp(&process, command[0], &actions, &attributes, &arguments, &variables), command[0])
    return process
}

private func check(_ code: Int32, _ action: String) throws {
    guard code == 0 else { throw Failure("\(action): \(String(cString: strerror(code)))") }
}
