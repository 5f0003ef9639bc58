import Control
import ControlFixtures
import Testing

/// The full-screen view on a pseudo-terminal, by a script in Python, whose standard library has one.
@Suite struct WatchTerminalTests {
    private func watch(_ scenario: String, _ control: String) async throws -> Child {
        let script = #filePath.replacing("WatchTerminalTests.swift", with: "watch-terminal.py")
        return try await Child.run("python3", script, scenario, "\(buildFolder())/uplinkctl", control)
    }

    private static let before = """
        alternate screen: True
        keys unseen, one by one: True
        fits: True
        resized: True

        """

    private static func after(_ end: String, behind: String = "") -> String {
        "restored: True\nleft: True cursor: True\nbehind it: \(behind)\nend: \(end)\n"
    }

    @Test(
        "the terminal is as it was, whatever ends the view",
        arguments: [
            ("q", "0"), ("interrupt", "SIGINT"), ("SIGTERM", "SIGTERM"), ("SIGHUP", "SIGHUP"), ("SIGSEGV", "SIGSEGV"),
            ("SIGABRT", "SIGABRT"),
        ])
    func ends(scenario: String, end: String) async throws {
        try await withServer { _, _, path in
            let child = try await watch(scenario, path)
            #expect(child.output == Self.before + Self.after(end), "\(child.error)")
        }
    }

    @Test("while it is suspended, too, and it comes back")
    func suspended() async throws {
        try await withServer { _, _, path in
            let child = try await watch("suspend", path)
            #expect(child.output == Self.before + "stopped: True restored: True\n" + Self.after("0"), "\(child.error)")
        }
    }

    @Test("when uplinkd ends, that is said on the screen as it was")
    func daemonEnds() async throws {
        try await withServer { server, handler, path in
            async let child = watch("daemon", path)
            // It has been told of the new size by then, or will be: the view asks once a second.
            try await eventually("it watches") { await handler.statusReads >= 4 }
            await server.stop()
            let result = try await child
            let message = "uplinkctl: uplinkd closed the connection on CONTROL: journalctl -u uplinkd may say why."
            #expect(result.output == Self.before + Self.after("3", behind: message), "\(result.error)")
        }
    }

    @Test("with --lines, and on a terminal that can't do it, there are lines", arguments: ["lines", "dumb"])
    func lines(scenario: String) async throws {
        try await withServer { _, _, path in
            let child = try await watch(scenario, path)
            #expect(child.output == "plain text: True\n", "\(child.error)")
        }
    }
}
