import ControlProtocol
import FoundationEssentials
import Model
import Testing

@testable import uplinkd_hooks

@Suite struct HookInputTests {
    private func environment(
        _ event: ControlEvent, dropped: Int = 0, _ inherited: [String: String] = ["PATH": "/bin"], _ language: Language = .english
    ) -> [String] {
        HookInput.environment(Delivery(event: event, dropped: dropped), control: "/run/c", inherited: inherited, language: language)
    }

    @Test("the event is one line of JSON")
    func json() throws {
        let line = HookInput.json(.sample(7))
        #expect(line.last == 10 && line.count { $0 == 10 } == 1)
        let back = try JSONDecoder().decode(ControlEvent.self, from: Data(line))
        #expect(back == .sample(7))
    }

    @Test("and environment")
    func variables() {
        #expect(
            environment(.sample(7), dropped: 3) == [
                "PATH=/bin", "UPLINKD_CONTROL=/run/c", "UPLINKD_DETAIL_FROM=up", "UPLINKD_DETAIL_TO=down", "UPLINKD_EVENTS_DROPPED=3",
                "UPLINKD_EVENT_CODE=health", "UPLINKD_EVENT_ID=7", "UPLINKD_EVENT_KIND=health", "UPLINKD_EVENT_MESSAGE=telkom is down.",
                "UPLINKD_EVENT_SEVERITY=warning", "UPLINKD_EVENT_TEXT=telkom is down.", "UPLINKD_EVENT_TIME=2026-07-31T12:00:00.000Z",
                "UPLINKD_EVENT_WAN=telkom",
            ])
    }

    @Test("the text is in the language of the configuration, and the message stays English for those who compare it")
    func language() {
        var event = ControlEvent.sample(7)
        (event.code, event.message) = ("ready", "telkom is ready to take over again.")
        let variables = environment(event, ["PATH": "/bin"], .indonesian)
        #expect(variables.contains("UPLINKD_EVENT_TEXT=telkom siap mengambil alih lagi."))
        #expect(variables.contains("UPLINKD_EVENT_MESSAGE=telkom is ready to take over again."))
        // Without a file, or with a wrong one, it is English.
        #expect(Language.ofFile("/nonexistent") == .english)
    }

    @Test("no WAN is an empty variable, so that set -u doesn't end a script")
    func noWAN() {
        var event = ControlEvent.sample(1)
        event.wan = nil
        #expect(environment(event).contains("UPLINKD_EVENT_WAN="))
    }

    @Test(
        "a detail's key becomes a shell's name",
        arguments: [("applied_us", "APPLIED_US"), ("a-b.c", "A_B_C"), ("größe", "GR__E"), ("A=B", "A_B"), ("", "")])
    func keys(key: String, name: String) {
        var event = ControlEvent.sample(1)
        event.details = [key: "1"]
        #expect(environment(event).contains("UPLINKD_DETAIL_\(name)=1"))
    }

    @Test("a value has no NUL, and isn't longer than a program can be started with")
    func values() {
        var event = ControlEvent.sample(1)
        event.message = "a\0b\nc"
        event.details = ["long": String(repeating: "é", count: 100_000)]
        let variables = environment(event)
        #expect(variables.contains("UPLINKD_EVENT_MESSAGE=ab\nc"))
        #expect(variables.contains("UPLINKD_DETAIL_LONG=" + String(repeating: "é", count: HookInput.valueLimit / 4)))
    }

    @Test("secrets are handed on; what is another event's, or systemd's word to us alone, isn't")
    func inherited() {
        let variables = environment(
            .sample(1),
            [
                "WEBHOOK_URL": "https://x", "UPLINKD_EVENT_OLD": "1", "UPLINKD_DETAIL_OLD": "1", "NOTIFY_SOCKET": "/x", "WATCHDOG_PID": "1",
                "JOURNAL_STREAM": "1:2", "LISTEN_FDS": "1", "UPLINKD_CONTROL": "/y",
            ])
        #expect(variables.contains("WEBHOOK_URL=https://x"))
        #expect(!variables.contains { $0.contains("OLD") || $0.hasPrefix("NOTIFY") || $0.hasPrefix("WATCHDOG") || $0.hasPrefix("JOURNAL") })
        #expect(
            !variables.contains { $0.hasPrefix("LISTEN") }
                && variables.filter { $0.hasPrefix("UPLINKD_CONTROL") } == ["UPLINKD_CONTROL=/run/c"])
        #expect(variables.contains { $0.hasPrefix("PATH=/usr/local/sbin:") })
    }

    @Test("times are read as they are written", arguments: [("10s", 10_000), ("500ms", 500), ("600s", 600_000), ("100ms", 100)])
    func times(text: String, milliseconds: Int) {
        #expect(duration(of: text) == .milliseconds(milliseconds))
        #expect(timeText(.milliseconds(milliseconds)) == text)
    }

    @Test(
        "what is no time is none",
        arguments: ["", "s", "10", "1.5s", "-1s", "601s", "99ms", "99999999999999999999s", "9223372036854775807s"])
    func noTime(text: String) { #expect(duration(of: text) == nil) }
}
