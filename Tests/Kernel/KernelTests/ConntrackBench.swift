import Glibc
import LinuxKernel
import Model
import Testing

/// The table of sessions of the namespace that the tests run in. Each session in it has a source of its own, by which it is known.
final class ConntrackBench {
    static let mask: UInt32 = 0x0f00_0000
    static let first: UInt32 = 0x0100_0000

    init() throws { try flush() }

    deinit {
        do { try flush() } catch { Issue.record(error) }
    }

    private func flush() throws { try run(["conntrack", "-F"]) }

    /// Each as `conntrack -I` takes it, less what all have.
    func insert(_ sessions: [String]) throws {
        let lines = sessions.map { "-I -t 1000 -u SEEN_REPLY \($0)\n" }
        try run(["conntrack", "-R", "-"], input: lines.joined())
        try #require(try count() == sessions.count)
    }

    func count() throws -> Int {
        let text = try run(["conntrack", "-C"])
        return try #require(Int(text.trimmed), "\(text)")
    }

    /// The sources of those that are there.
    func sources() throws -> Set<String> {
        // Its count of them goes elsewhere, or it would stand in the middle of a line.
        let text = try run(["sh", "-c", "conntrack -L 2>/dev/null && conntrack -L -f ipv6 2>/dev/null"])
        return Set(
            text.split(separator: "\n").compactMap { line in
                line.split(separator: " ").first { $0.hasPrefix("src=") }.map { String($0.dropFirst(4)) }
            })
    }

    /// Of these sessions, each with the answer to whether it ought to go, the sweep deletes just those, and counts them.
    func check(
        _ scope: SessionSweep.Scope, by method: SessionTable.Method, _ cases: [(session: String, goes: Bool)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try insert(cases.map(\.session))
        let before = try sources()
        try #require(before.count == cases.count, sourceLocation: sourceLocation)
        let outcome = try await SessionTable(method: method).sweep(SessionSweep(id: 1, scope: scope))
        let left = try sources()
        for (session, goes) in cases {
            let source = String(session.split(separator: " ")[1])
            #expect(left.contains(source) != goes, "\(goes ? "is left" : "was deleted"): \(session)", sourceLocation: sourceLocation)
        }
        #expect(outcome.deleted == cases.count { $0.goes }, sourceLocation: sourceLocation)
    }
}

extension String {
    fileprivate var trimmed: Substring { prefix { $0.isNumber } }
}

extension SessionTable.Method {
    /// As on a kernel of today, and as on one that refuses filters.
    static let all: [SessionTable.Method] = [.filter, .single]
}
