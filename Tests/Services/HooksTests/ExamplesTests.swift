import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials
import Glibc
import Model
import Testing

@testable import uplinkd_hooks

/// The examples that we ship, with a curl and a sendmail that only note how they were called.
@Suite struct ExamplesTests {
    static let examples = URL(filePath: #filePath).deletingLastPathComponent().path + "/../../../etc/uplinkd/hooks.d.examples"
    /// All that a shell, a header or JSON could trip over.
    static let hostile = "telkom \"is\" 'down'; $(touch /tmp/uplinkd-hooks-pwned) `id` \\n & % +\nBcc: all@example.com é"

    private let fakes: Folder

    init() async throws {
        fakes = try Folder()
        for program in ["curl", "sendmail", "msmtp", "uplinkctl"] {
            try await fakes.script(
                program,
                """
                for argument; do printf '%s\\n' "$argument"; done > \(fakes.path)/\(program)-arguments
                if [ \(program) = uplinkctl ]; then echo '37 of 37 clients backed up'; else cat > \(fakes.path)/\(program)-input; fi
                exit ${FAKE_STATUS:-0}
                """)
        }
    }

    private func event(
        _ severity: ControlEvent.Severity = .warning, kind: ControlEvent.Kind = .health, details: [String: String] = [:]
    ) -> ControlEvent {
        var event = ControlEvent.sample(7, severity)
        event.kind = kind
        event.message = Self.hostile
        event.details = details
        return event
    }

    private func run(
        _ example: String, _ event: ControlEvent, dropped: Int = 0, _ variables: [String: String] = [:]
    ) async throws -> HookRun.Outcome {
        let inherited = variables.merging(["PATH": "\(fakes.path):/usr/bin:/bin"]) { $1 }
        let environment = HookInput.environment(
            Delivery(event: event, dropped: dropped), control: "/run/c", inherited: inherited, language: .english)
        return await withCheckedContinuation { continuation in
            let queue = DispatchQueue(label: "test")
            queue.async {
                _ = HookRun(
                    "\(Self.examples)/\(example)", environment: environment, input: HookInput.json(event), timeout: .seconds(30),
                    poll: Poll(queue: queue)
                ) { continuation.resume(returning: $0) }
            }
        }
    }

    private func names(_ outcome: HookRun.Outcome, _ words: String) -> Bool { outcome.output.joined(separator: "\n").contains(words) }

    @Test("webhook: the event as it is, and no secret among the arguments")
    func webhook() async throws {
        let outcome = try await run("webhook", event(), ["WEBHOOK_URL": "https://example.com/x?key=1", "WEBHOOK_TOKEN": "s3cret"])
        #expect(outcome.isSuccess && outcome.output == [])
        let arguments = fakes.lines("curl-arguments")
        let at = try #require(arguments.firstIndex(of: "--data-raw"))
        let sent = try JSONDecoder().decode(ControlEvent.self, from: Data(arguments[at + 1].utf8))
        #expect(sent == event())
        #expect(!arguments.contains { $0.contains("s3cret") || $0.contains("key=1") })
        #expect(fakes.text("curl-input") == "url = \"https://example.com/x?key=1\"\nheader = \"Authorization: Bearer s3cret\"\n")
    }

    @Test("webhook: without a token there is no header for it")
    func webhookWithoutToken() async throws {
        let outcome = try await run("webhook", event(), ["WEBHOOK_URL": "https://example.com/"])
        #expect(outcome.isSuccess)
        #expect(fakes.lines("curl-input") == ["url = \"https://example.com/\""])
    }

    @Test("telegram: the message, and no secret among the arguments")
    func telegram() async throws {
        let outcome = try await run("telegram", event(), dropped: 3, ["TELEGRAM_TOKEN": "1:AbC", "TELEGRAM_CHAT": "-100"])
        #expect(outcome.isSuccess && outcome.output == [])
        let arguments = fakes.text("curl-arguments")
        #expect(arguments.contains("--data-urlencode\nchat_id=-100\n"))
        #expect(arguments.contains(": \(Self.hostile) (before it 3 events were too many to be told.)\n"))
        #expect(!arguments.contains("AbC"))
        #expect(fakes.text("curl-input") == "url = \"https://api.telegram.org/bot1:AbC/sendMessage\"\n")
    }

    @Test("mail: one header line of what happened, and all of it below; after a switch with the report")
    func mail() async throws {
        let event = self.event(kind: .report, details: ["report": "r-17"])
        let outcome = try await run(
            "mail", event, dropped: 3, ["MAIL_TO": "admin@example.com", "MAIL_FROM": "box@example.com"])
        #expect(outcome.isSuccess && outcome.output == [])
        #expect(fakes.lines("sendmail-arguments") == ["-t", "-oi"])
        let parts = fakes.text("sendmail-input").split(separator: "\n\n", maxSplits: 1).map(String.init)
        try #require(parts.count == 2)
        let headers = parts[0].split(separator: "\n").map(String.init)
        #expect(Array(headers.prefix(2)) == ["To: admin@example.com", "From: box@example.com"])
        #expect(headers.count == 6 && headers[2].hasPrefix("Subject: ") && headers[2].contains(": telkom \"is\" 'down'; $(touch"))
        #expect(!headers.contains { $0.hasPrefix("Bcc") } && headers.allSatisfy { $0.utf8.allSatisfy { $0 < 127 } })
        #expect(parts[1].hasPrefix(Self.hostile + "\n\n2026-07-31T12:00:00.000Z  warning  report  telkom\n"))
        #expect(parts[1].contains("Before it 3 events were too many to be told."))
        #expect(parts[1].contains("37 of 37 clients backed up"))
        #expect(fakes.lines("uplinkctl-arguments") == ["report", "r-17", "--control", "/run/c"])
        let json = try #require(parts[1].split(separator: "\n").last)
        let sent = try JSONDecoder().decode(ControlEvent.self, from: Data(json.utf8))
        #expect(sent == event)
    }

    @Test("mail: another program, with its own options")
    func mailer() async throws {
        let outcome = try await run(
            "mail", event(kind: .selection),
            ["MAIL_TO": "admin@example.com", "MAILER": "msmtp --host=localhost --read-recipients"])
        #expect(outcome.isSuccess)
        #expect(fakes.lines("msmtp-arguments") == ["--host=localhost", "--read-recipients"])
        #expect(fakes.text("uplinkctl-arguments") == "")
    }

    @Test(
        "what is missing is named, and where to write it",
        arguments: [("webhook", "WEBHOOK_URL"), ("telegram", "TELEGRAM_TOKEN"), ("mail", "MAIL_TO")])
    func missing(example: String, variable: String) async throws {
        let outcome = try await run(example, event())
        #expect(!outcome.isSuccess && names(outcome, "\(variable): is missing in /etc/uplinkd/hooks.env"), "\(outcome)")
    }

    @Test("mere information is for the webhook only", arguments: ["telegram", "mail"])
    func information(example: String) async throws {
        let outcome = try await run(example, event(.info))
        #expect(outcome.isSuccess && fakes.text("curl-arguments") == "" && fakes.text("sendmail-arguments") == "")
    }

    @Test("a failover is one message, and so is a standby that is lost", arguments: ["telegram", "mail"])
    func once(example: String) async throws {
        var told: [String] = []
        func tell(_ name: String, _ severity: ControlEvent.Severity, _ kind: ControlEvent.Kind, _ details: [String: String]) async throws {
            let outcome = try await run(
                example, event(severity, kind: kind, details: details),
                ["TELEGRAM_TOKEN": "1", "TELEGRAM_CHAT": "2", "MAIL_TO": "a@example.com"])
            #expect(outcome.isSuccess)
            for program in ["curl-input", "sendmail-input"] where !fakes.text(program).isEmpty {
                told.append(name)
                unlink("\(fakes.path)/\(program)")
            }
        }
        try await tell("telkom is down", .warning, .health, ["carried": "true"])
        try await tell("failover", .warning, .selection, ["report": "r"])
        try await tell("12 sessions moved", .notice, .sessions, [:])
        try await tell("its report", .notice, .report, ["report": "r"])
        try await tell("telkom is up", .notice, .health, [:])
        try await tell("no WAN", .error, .selection, [:])
        try await tell("smartfren is down", .warning, .health, [:])
        try await tell("in order", .notice, .daemon, [:])
        #expect(told == [example == "mail" ? "its report" : "failover", "no WAN", "smartfren is down"])
    }

    @Test("what couldn't be sent is a failure", arguments: ["webhook", "telegram", "mail"])
    func failure(example: String) async throws {
        let outcome = try await run(
            example, event(),
            ["FAKE_STATUS": "22", "WEBHOOK_URL": "https://a/", "TELEGRAM_TOKEN": "1", "TELEGRAM_CHAT": "2", "MAIL_TO": "a@example.com"])
        #expect(outcome.end == .exited(22))
    }

    @Test("nothing of a message is run by a shell")
    func injection() async throws {
        for example in ["webhook", "telegram", "mail"] {
            _ = try await run(
                example, event(), ["WEBHOOK_URL": "https://a/", "TELEGRAM_TOKEN": "1", "TELEGRAM_CHAT": "2", "MAIL_TO": "a@example.com"])
        }
        #expect(access("/tmp/uplinkd-hooks-pwned", F_OK) != 0)
    }
}
