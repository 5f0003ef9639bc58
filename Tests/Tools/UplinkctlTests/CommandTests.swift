import Control
import ControlFixtures
import ControlProtocol
import Floor
import FoundationEssentials
import Glibc
import Testing
import Varlink
@testable import uplinkctl

/// The real uplinkctl, as a child process.
@Suite struct CommandTests {
    let program = "\(buildFolder())/uplinkctl"

    private func decode<T: Decodable>(_ type: T.Type, _ text: some StringProtocol) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    @Test("every command answers on standard output, says nothing else, and ends with 0")
    func text() async throws {
        try await withServer { _, _, path in
            let cases: [(String, String)] = [
                ("status", "Traffic goes by telkom, for 3 d 4 h now: first choice.\n"),
                ("events", "\(PastTime.localExactly("2026-07-31T12:00:00.000Z"))  warning  health         telkom is down.\n"),
                ("explain", "telkom: it is the first choice.\n"),
                ("explain --if telkom=down --if xl=down", "telkom=down and xl=down.\n\nIt would be done by\n  ip route del default\n"),
                ("quality", "telkom is up: 10.0 % lost of 30 probes in 30 s"), ("quality telkom", "telkom is up: 10.0 % lost of 30 probes"),
                ("clients", "CLIENT  ADDRESS         MAC                SEEN       WAN     SESSIONS  ANSWERED  BYTES\n"),
                ("report", "Failover from telkom to smartfren: telkom is down (upstream silent).\n2 of 4 clients backed up,"),
                ("report 20261124-183012-527 --format markdown", "# Failover from telkom to smartfren"),
                ("report --list", "20261124-183012-527  failover  telkom to smartfren  2 of 4 clients"),
                ("probe telkom", "answered  1.1.1.1 answered after 12.3 ms.\n"),
                ("drill telkom", "   0.00 s  begun     A drill begins.\n   0.93 s  failover  Failover to smartfren after 0.93 s.\n"),
                ("reload", "smartfren is metered now.\n"),
                ("switch smartfren --force", "smartfren is selected: chosen by the operator.\n"),
                ("switch auto --wait", "New sessions go by telkom: first choice.\n"),
            ]
            for (words, output) in cases {
                let child = try await Child.run("sh", "-c", "\(program) \(words) --control \(path)")
                #expect(child.output.hasPrefix(output), "\(words)")
                #expect(child.error == "" && child.status == 0, "\(words)")
            }
        }
    }

    @Test("--json prints what is on the wire")
    func json() async throws {
        try await withServer { _, _, path in
            func output(_ words: String) async throws -> String {
                let child = try await Child.run("sh", "-c", "\(program) \(words) --json --control \(path)")
                #expect(child.status == 0 && child.error == "", "\(words)")
                return child.output
            }
            let status = try decode(Status.self, try await output("status"))
            #expect(status == .sample)
            let events = try await output("events --last 2").split(separator: "\n").map { try decode(ControlEvent.self, $0) }
            #expect(events == [.sample(2), .sample(3)])
            let explanation = try decode(Explanation.self, try await output("explain"))
            #expect(explanation.lines.count == 1)
            let reload = try decode(ReloadReply.self, try await output("reload"))
            #expect(reload.changes.count == 1)
            let quality = try decode(QualityReply.self, try await output("quality smartfren"))
            #expect(quality.quality == [.sample("smartfren")])
            let clients = try decode(ClientsReply.self, try await output("clients"))
            #expect(clients.clients == [.sample, .unknown])
            let probe = try decode(ProbeReply.self, try await output("probe telkom"))
            #expect(probe.results == [.answer])
            let selection = try decode(SelectionStatus.self, try await output("switch telkom"))
            #expect(selection.pinned)
        }
    }

    @Test("a refusal is said on standard error, with the exit status for its kind")
    func refusals() async throws {
        try await withServer { _, handler, path in
            await handler.refuseConfiguration(["uplinkd.yaml:3:1: error: no such key"])
            let cases: [(String, Int32, String)] = [
                ("switch nobody", 1, "uplinkctl: There is no WAN 'nobody'. Configured: telkom, smartfren.\n"),
                (
                    "switch smartfren", 1,
                    "uplinkctl: smartfren can't be used, it is down: No target has answered for 3 s.\n--force switches all the same.\n"
                ),
                ("explain --if telkom=tired", 2, "uplinkctl: It can be up or down.\n"),
                ("drill smartfren", 1, "uplinkctl: smartfren doesn't carry new sessions.\n"),
                ("quality nobody", 1, "uplinkctl: There is no WAN 'nobody'. Configured: telkom, smartfren.\n"),
                (
                    "report x", 1,
                    "uplinkctl: There is no report 'x'. Kept since uplinkd started: 20261124-183012-527, 20261124-190000-001.\n"
                ),
                ("probe telkom --port 0", 2, "uplinkctl: 'port' has to be a whole number from 1 to 65535, not '0'\n"),
                (
                    "reload", 2,
                    "uplinkctl: The configuration was refused, the one before stays in force:\nuplinkd.yaml:3:1: error: no such key\n"
                ),
            ]
            for (words, status, error) in cases {
                let child = try await Child.run("sh", "-c", "\(program) \(words) --control \(path)")
                #expect(child == Child(status: status, output: "", error: error), "\(words)")
            }
        }
    }

    @Test("a report as JSON is what is on the wire, and without any there is nothing to show")
    func report() async throws {
        try await withServer { _, handler, path in
            let one = try await Child.run("sh", "-c", "\(program) report --format json --control \(path)")
            let shown = try decode(SwitchReport.self, one.output)
            #expect(shown == .sample("20261124-190000-001"))
            let all = try await Child.run("sh", "-c", "\(program) report --list --format json --control \(path)")
            #expect(try decode(ReportsReply.self, all.output).reports.count == 2)
            await handler.forgetReports()
            let none = try await Child.run("sh", "-c", "\(program) report --control \(path)")
            #expect(none.status == 1 && none.output == "")
            #expect(none.error.hasPrefix("uplinkctl: There is no report: there has been no switch since uplinkd started"))
        }
    }

    @Test("metrics replace the file in one step, for everybody to read, and what goes wrong leaves nothing behind")
    func metrics() async throws {
        try await withServer { _, _, path in
            let script = """
                folder=$(mktemp -d); trap 'rm -r $folder' EXIT; umask 077; cd $folder
                echo old > uplinkd.prom
                \(program) metrics --control \(path) --output $folder/uplinkd.prom && grep -c '^uplinkd_nat_ok 1$' uplinkd.prom && stat -c %a uplinkd.prom
                mkdir taken; \(program) metrics --control \(path) --output $folder/taken; echo $?; ls
                """
            let child = try await Child.run("sh", "-c", script)
            #expect(child.output == "1\n644\n1\ntaken\nuplinkd.prom\n")
            #expect(child.error.contains("/taken can't be written: Is a directory"))
        }
    }

    @Test("what a probe is to ask reaches the daemon as it was written")
    func probeQuestion() async throws {
        try await withServer { _, handler, path in
            let words =
                "probe telkom 9.9.9.9 --kind dns --port 53 --name a --type AAAA --expect b --expect c --status 204 --body d --resolver e --timeout 500ms"
            let child = try await Child.run("sh", "-c", "\(program) \(words) --control \(path)")
            #expect(child.status == 0)
            let wanted = ProbeParameters {
                $0.wan = "telkom"
                $0.target = "9.9.9.9"
                $0.kind = "dns"
                $0.port = 53
                $0.name = "a"
                $0.type = "AAAA"
                $0.expect = ["b", "c"]
                $0.status = 204
                $0.body = "d"
                $0.resolver = "e"
                $0.timeoutSeconds = 0.5
            }
            #expect(await handler.probes == [wanted])
        }
    }

    @Test(
        "the exit status of a probe is that of its worst answer",
        arguments: [
            ([.answer], 0), ([.answer, .silence], 5), ([.lie, .unsent], 5), ([.answer, .unsent], 1), ([], 0),
            ([ProbeResult(target: "a", kind: "b", outcome: .init(rawValue: "later"), roundTripMilliseconds: nil, sentence: "c")], 5),
        ] as [([ProbeResult], Int32)])
    func probeStatus(results: [ProbeResult], status: Int32) async throws {
        try await withServer { _, handler, path in
            await handler.answerProbes(with: results)
            let child = try await Child.run("sh", "-c", "\(program) probe telkom --control \(path)")
            #expect(child.status == status && child.error == "")
            #expect(child.output.split(separator: "\n").count == results.count)
        }
    }

    @Test(
        "wrong usage ends with 2",
        arguments: [
            "status --colour", "switch", "events --last -1", "events --last many", "probe", "probe telkom --port x",
            "trace telkom", "trace telkom a --max-hops 0", "trace telkom a --queries 11", "trace telkom a --timeout 2",
            "trace telkom a -4 -6",
            "speedtest telkom", "speedtest telkom http://a/ --bytes 5", "speedtest telkom http://a/ --bytes 100kB",
            "speedtest telkom http://a/ --for 0s", "speedtest telkom http://a/ --no-upload --upload http://b/",
            "report --format xml", "report a --list", "report --list --format markdown", "probe telkom --timeout 2",
            "probe telkom --timeout 61s", "probe telkom --timeout 99ms", "quality a b", "drill", "drill telkom --for x",
            "drill telkom --for -1s",
        ])
    func usage(words: String) async throws {
        let child = try await Child.run("sh", "-c", "\(program) \(words)")
        #expect(child.status == 2 && child.output == "" && child.error.contains("Usage:"))
    }

    @Test("a word that is no command ends with 2, also behind 'help'", arguments: ["statsu", "help statsu", "statsu --help"])
    func noCommand(words: String) async throws {
        let child = try await Child.run("sh", "-c", "\(program) \(words)")
        #expect(
            child.status == 2 && child.output == ""
                && child.error.hasPrefix("uplinkctl: There is no command 'statsu'. Did you mean 'status'?"))
    }

    @Test("--version and --help are answers", arguments: ["--version", "--help", "help status", "status --help"])
    func help(words: String) async throws {
        let child = try await Child.run("sh", "-c", "\(program) \(words)")
        #expect(child.status == 0 && child.error == "" && !child.output.isEmpty)
    }

    @Test(
        "without a daemon it ends with 3",
        arguments: [
            "status", "watch", "events", "explain", "quality", "probe telkom", "trace telkom 192.0.2.1",
            "speedtest telkom http://192.0.2.1/", "switch auto", "drill telkom", "reload",
        ])
    func noDaemon(words: String) async throws {
        let child = try await Child.run("sh", "-c", "\(program) \(words) --control /nonexistent/control")
        let message = "uplinkctl: uplinkd isn't running (no socket at /nonexistent/control): systemctl start uplinkd\n"
        #expect(child == Child(status: 3, output: "", error: message))
    }

    @Test("output that can't be written is an error")
    func fullDisk() async throws {
        try await withServer { _, _, path in
            let child = try await Child.run("sh", "-c", "\(program) status --control \(path) > /dev/full")
            #expect(child == Child(status: 1, output: "", error: "uplinkctl: standard output: No space left on device\n"))
        }
    }

    /// What the shell does about SIGPIPE before, and the exit status that it sees after: 141 is 128 + SIGPIPE.
    @Test("a reader that has had enough ends a follower quietly", arguments: [("", "141\n"), ("trap '' PIPE;", "0\n")])
    func head(trap: String, status: String) async throws {
        try await withServer { server, _, path in
            // Publishes until the follower has ended, so that it comes to write after its reader has gone.
            let publishing = Task {
                var id = 10
                while !Task.isCancelled {
                    server.publish(.sample(id))
                    id += 1
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            defer { publishing.cancel() }
            let follower = "{ \(program) events --follow --control \(path); echo $? >&2; }"
            let child = try await Child.run("sh", "-c", "\(trap) \(follower) | head -n 5")
            #expect(child.output.split(separator: "\n").count == 5)
            #expect(child.error == status)
            try await eventually("the follower has gone") { await server.clientCount == 0 }
        }
    }

    @Test("a daemon that doesn't answer may still do what it was told, and that is said", arguments: ["switch auto", "reload"])
    func unanswered(words: String) async throws {
        let path = "/tmp/uplinkctl-\(getpid())-\(words.prefix(6))"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer {
            close(listener)
            unlink(path)
        }
        try #require(withUnixAddress(path) { bind(listener, $0, $1) } == 0 && listen(listener, 8) == 0)
        let child = try await Child.run("sh", "-c", "\(program) \(words) --control \(path)")
        #expect(child.status == 3 && child.output == "" && child.error.contains("may \(words.prefix(6)) all the same when it does"))
    }

    @Test("watch prints the status, and then the changes until the daemon ends")
    func watch() async throws {
        try await withServer { server, handler, path in
            async let child = Child.run(program, "watch", "--control", path)
            try await eventually("it watches") { await handler.statusReads == 1 }
            await handler.set(Status.sample.with { $0.problems = ["It burns."] })
            server.publishStatusChange()
            try await eventually("it was told") { await handler.statusReads == 2 }
            // The handler answers in order: with this reply the server has long sent the one before. What the socket has taken
            // is read before its end.
            _ = try await status(at: path)
            await server.stop()
            let result = try await child
            #expect(result.output.contains("Traffic goes by telkom"))
            #expect(result.output.contains(/\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  ! It burns.\n$/))
            #expect(result.status == 3)
        }
    }

    /// A stand-in for the daemon's program that tells what it was called with.
    private func withDaemonProgram(_ body: (_ program: String, _ folder: String) async throws -> Void) async throws {
        try await withFolder { folder in
            try #require(try await Child.run("cp", program, "\(folder)/uplinkctl").status == 0)
            let script = "#!/bin/sh\necho \"$@\"\necho problem >&2\nexit 7\n"
            try #require(
                try await Child.run("sh", "-c", "printf '%s' '\(script)' > \(folder)/uplinkd && chmod +x \(folder)/uplinkd").status == 0)
            try await body("\(folder)/uplinkctl", folder)
        }
    }

    @Test("check and teardown become the daemon's program, with its output and its exit status")
    func daemonProgram() async throws {
        try await withDaemonProgram { program, folder in
            let cases = [
                ("check", "--check"), ("check a.yaml", "--check --config a.yaml"),
                ("teardown --control \(folder)/none", "--teardown --control \(folder)/none"),
                ("teardown --dry-run --control \(folder)/none", "--teardown --control \(folder)/none --dry-run"),
            ]
            for (words, arguments) in cases {
                let child = try await Child.run("sh", "-c", "\(program) \(words)")
                #expect(child == Child(status: 7, output: "\(arguments)\n", error: "problem\n"), "\(words)")
            }
        }
    }

    @Test("teardown refuses while a daemon listens")
    func teardownWhileRunning() async throws {
        try await withServer { _, _, path in
            try await withDaemonProgram { program, _ in
                let child = try await Child.run(program, "teardown", "--control", path)
                let message = "uplinkctl: uplinkd is running (pid \(getpid())): stop it first: systemctl stop uplinkd\n"
                #expect(child == Child(status: 1, output: "", error: message))
            }
        }
    }
}
