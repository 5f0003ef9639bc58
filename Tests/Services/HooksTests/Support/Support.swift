import ControlProtocol
import FoundationEssentials
import Glibc
import Subprocess
import Testing

@testable import uplinkd_hooks

extension ControlEvent {
    static func sample(_ id: Int, _ severity: Severity = .warning, time: String = "2026-07-31T12:00:00.000Z") -> ControlEvent {
        ControlEvent(
            id: id, time: time, kind: .health, severity: severity, wan: "telkom", code: "health", message: "telkom is down.",
            details: ["from": "up", "to": "down"])
    }
}

/// A folder of its own, which is root's as those of hooks have to be; gone after the test.
final class Folder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/uplinkd-hooks-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestError("mkdtemp: \(String(cString: strerror(errno)))") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // mkdtemp(3) lets only its owner in.
        chmod(path, 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// By another process: as long as a file is open for writing anywhere it can't be run, and children that other tests start meanwhile
    /// would hold ours open for a moment.
    func write(_ name: String, _ text: String, mode: mode_t = 0o755) async throws {
        _ = try await Subprocess.run(.name("tee"), arguments: ["\(path)/\(name)"], input: .string(text), output: .discarded)
        chmod("\(path)/\(name)", mode)
    }

    /// A script for sh.
    func script(_ name: String, _ body: String) async throws { try await write(name, "#!/bin/sh\n\(body)\n") }

    func text(_ name: String) -> String { (try? String(contentsOf: URL(filePath: "\(path)/\(name)"), encoding: .utf8)) ?? "" }

    func lines(_ name: String) -> [String] { text(name).split(separator: "\n").map(String.init) }
}

struct TestError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Polls until a generous deadline.
func eventually(_ what: String, _ condition: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(300)
    while try !condition() {
        guard ContinuousClock.now < deadline else { throw TestError("not within 30 s: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Whether that process is there and has not ended.
func runs(_ process: Int) -> Bool {
    guard let text = try? String(contentsOf: URL(filePath: "/proc/\(process)/stat"), encoding: .utf8) else { return false }
    return !text.contains(") Z")
}

/// The folder with what was built: the program that runs the tests is in it too.
func buildFolder() -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
}
