import Floor
import FoundationEssentials
import Glibc

/// The real uplinkd-hooks, as a child process. It is gone after the test.
final class HooksProgram {
    private let child: ScriptChild
    private var text: [UInt8] = []
    private var ending: (status: Int32?, signal: Int32?)?

    init(_ arguments: [String], environment: [String] = ["PATH=/usr/bin:/bin"]) throws {
        child = try ScriptChild.start(["\(buildFolder())/uplinkd-hooks"] + arguments, environment: environment)
    }

    /// For one folder, which has the hooks, the control socket and the marks in it.
    static func start(in folder: Folder, _ hooks: Folder, environment: [String] = ["PATH=/usr/bin:/bin", "SECRET=1234"]) throws
        -> HooksProgram
    {
        try HooksProgram(
            ["--control", "\(folder.path)/control", "--hooks", hooks.path, "--state", "\(folder.path)/marks", "--timeout", "60s"],
            environment: environment)
    }

    deinit {
        if ending == nil {
            kill(child.process, SIGKILL)
            while child.reap() == nil { poll(nil, 0, 1) }
        }
    }

    var log: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(child.output.number, &buffer, buffer.count)
            guard count > 0 else { break }
            text += buffer[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }

    func signal(_ number: Int32) { kill(child.process, number) }

    /// proc_pid_status(5): the masks of its threads, in hexadecimal. The first one's is empty again when the queues have taken over.
    func blocks(_ number: Int32) -> Bool {
        let tasks = "/proc/\(child.process)/task"
        return ((try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []).contains { task in
            guard let status = try? String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigBlk:") }),
                let mask = UInt64(line.dropFirst(7).filter { !$0.isWhitespace }, radix: 16)
            else { return false }
            return mask & 1 << UInt64(number - 1) != 0
        }
    }

    /// nil: it still runs.
    var end: (status: Int32?, signal: Int32?)? {
        if ending == nil {
            _ = log
            ending = child.reap()
        }
        return ending
    }
}
