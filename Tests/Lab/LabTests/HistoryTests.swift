import Lab
import Testing

extension BesideOthers {
    /// uplinkd-history beside the daemon, and uplinkctl asking it.
    @Suite("uplinkd-history in the lab")
    struct HistoryTests {
        @Test("killed before a failover, it has all of it afterwards, once, and the outage with its fault")
        func killed() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let history = History(lab, daemon)
                var child = try await history.start()
                try await lab.eventually("it has heard the daemon") { try await history.events().contains { $0.kind == "selection" } }
                // This one writes what it has; the next one is killed before it has written anything.
                try await child.stop()
                child = try await history.start()
                try await lab.eventually("it goes on") { child.errors.contains("Following uplinkd") }
                try await child.kill9()

                try await lab.telkom.silenceUpstream()
                try await lab.selects(Addresses.smartfren, daemon)
                let behindItsBack = try await daemon.events().count
                child = try await history.start()
                try await lab.eventually("the failover is caught up with") { try await history.switches().count == 1 }
                try await lab.eventually("the outage goes on") { try await history.outages("telkom").map(\.end) == [nil] }
                try await lab.telkom.restoreUpstream()
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.eventually("so is the failback, live") { try await history.switches().count == 2 }
                try lab.require("things happened while it was dead", behindItsBack > 0)

                let outages = try await history.outages("telkom")
                let outage = try #require(outages.first)
                #expect(outages.count == 1 && outage.fault?.code == "upstream-silent")
                #expect(outage.startObserved && outage.endObserved && outage.end != nil)
                // It has to be silent for as long as the failover and our commands took, and its end isn't that of the hold.
                #expect(outage.seconds > 0.2 && outage.seconds < 60)
                let page = try await history.ask(["history", "telkom", "--format", "markdown"])
                #expect(page.contains("# Outages of telkom") && page.contains("| upstream silent |"))

                // All but the suspicions that came to nothing, each once.
                let told = try await daemon.events().map(\.message)
                let kept = try await history.events().map(\.message)
                var passing = told
                for message in kept {
                    let place = try #require(passing.firstIndex(of: message), "kept twice, or never told: \(message)")
                    passing.remove(at: place)
                }
                let strangers = passing.filter { !$0.contains("is suspect") && !$0.contains("is up") }
                #expect(strangers == [])

                // With the daemon go its reports; the history has them.
                let switches = try await history.switches()
                let id = try #require(switches.first?.details?["report"])
                try await daemon.stop()
                let report = try await history.control(["report", id])
                #expect(report.contains("Failover from telkom to smartfren") && report.contains(id))
                try await child.stop()
            }
        }

        @Test("a daemon that starts anew goes on in the same history, and the time without one isn't observed")
        func daemonRestart() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let history = History(lab, daemon)
                let child = try await history.start()
                try await lab.eventually("it has heard the daemon") { try await history.events().contains { $0.kind == "selection" } }
                try await daemon.kill9()
                try await lab.eventually("it has noticed") { child.errors.contains("Not following uplinkd") }
                try await daemon.restart()
                try await lab.ready(daemon)
                try await lab.eventually("it has heard the next one") {
                    let events = try await history.events()
                    return events.count { $0.kind == "daemon" && $0.message.hasSuffix("starts.") } == 2
                }
                let availability = try await history.availability()
                let known = availability.first { $0.wan == "telkom" }
                let telkom = try #require(known)
                #expect(telkom.downSeconds == 0 && telkom.upPercent == 100 && telkom.observedSeconds > 0)
                try await child.stop()
                // Without a history the daemon's own memory is better than nothing.
                let remembered = try await history.control(["events", "--since", "1h", "--json"])
                #expect(remembered.contains("starts."))
            }
        }

        @Test("a failover that was recorded happens again in a replay; a configuration that asks less often is offline longer")
        func replay() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let history = History(lab, daemon)
                try await lab.telkom.silenceUpstream()
                try await lab.selects(Addresses.smartfren, daemon)
                // What is shorter than a second is no outage in a record.
                try await lab.eventually("it is silent for longer") {
                    try await daemon.status().wan(Addresses.telkom)?.sinceSeconds ?? 0 > 3
                }
                try await lab.telkom.restoreUpstream()
                try await lab.selects(Addresses.telkom, daemon)
                let slow = "\(lab.folder)/slow.yaml"
                try await lab.router.node.shell("sed 's/^probe:/&\\n  interval: 4s\\n  timeout: 4s/' \(lab.folder)/uplinkd.yaml >\(slow)")

                // A probe is told of when nothing can come of it any more, and the history asks for it at its start, and each minute.
                var child = try await history.start()
                var answer: History.Replay?
                try await lab.eventually("all of it is recorded", within: .seconds(120)) {
                    try await child.stop()
                    child = try await history.start()
                    answer = try await history.replay(slow)
                    return answer?.replays.first?.failbacks == 1
                }
                #expect(try await history.ask(["replay", "--against", slow, "--config", slow]).contains("without Internet"))
                try await child.stop()
                let replay = try #require(answer)
                let (inForce, other) = (try #require(replay.replays.first), try #require(replay.replays.last))
                #expect(replay.replays.count == 2 && replay.recordedSeconds > 1)
                #expect(inForce.switches.map { "\($0.from) \($0.to)" } == ["telkom smartfren", "smartfren telkom"])
                #expect(inForce.offlineSeconds > 0.1 && inForce.offlineSeconds < 10)
                #expect(other.offlineSeconds > inForce.offlineSeconds)
            }
        }
    }

    private struct History {
        struct Replay: Decodable {
            struct Result: Decodable {
                struct Switch: Decodable {
                    var from: String
                    var to: String
                }
                var failovers: Int
                var failbacks: Int
                var offlineSeconds: Double
                var switches: [Switch]
            }
            var recordedSeconds: Double
            var replays: [Result]
        }

        struct Outage: Decodable {
            var end: String?
            var fault: DaemonSentence?
            var seconds: Double
            var startObserved: Bool
            var endObserved: Bool
        }

        struct Availability: Decodable {
            var wan: String
            var observedSeconds: Double
            var downSeconds: Double
            var upPercent: Double?
        }

        private struct Reply: Decodable {
            var outages: [Outage]?
            var availability: [Availability]
        }

        private let lab: Lab
        private let daemon: Daemon
        private let folder: String
        private let program: String

        init(_ lab: Lab, _ daemon: Daemon) {
            self.lab = lab
            self.daemon = daemon
            folder = String(daemon.control.dropLast("/control".count))
            program = lab.programs.uplinkctl.dropLast("uplinkctl".count) + "uplinkd-history"
        }

        private var socket: String { "\(folder)/history" }

        func start() async throws -> Child {
            try await lab.router.node.start(
                "uplinkd-history", [program, "--control", daemon.control, "--socket", socket, "--state", folder])
        }

        func control(_ arguments: [String]) async throws -> String { try await daemon.control(arguments + ["--history", socket]) }

        /// Without its own. Not by `control`: while there is no history, the daemon would answer.
        func events() async throws -> [DaemonEvent] {
            let text = try await ask(["events", "--since", "1h", "--json"])
            return try text.split(separator: "\n").map { try JSON.decode(DaemonEvent.self, from: String($0)) }.filter {
                $0.kind != "history"
            }
        }

        func switches() async throws -> [DaemonEvent] { try await events().filter { $0.details?["switch"] != nil } }

        func outages(_ wan: String) async throws -> [Outage] {
            try await JSON.decode(Reply.self, from: ask(["history", wan, "--json"])).outages ?? []
        }

        func availability() async throws -> [Availability] {
            try await JSON.decode(Reply.self, from: ask(["history", "--json"])).availability
        }

        /// The configuration in force, and another one.
        func replay(_ other: String) async throws -> Replay {
            try await JSON.decode(Replay.self, from: ask(["replay", "--against", "\(folder)/uplinkd.yaml", "--config", other, "--json"]))
        }

        /// What has nothing to do with the daemon.
        func ask(_ arguments: [String]) async throws -> String {
            try await lab.router.node.run([lab.programs.uplinkctl] + arguments + ["--history", socket])
        }
    }
}
