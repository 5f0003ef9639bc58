package import Control
package import ControlProtocol
import Model
package import Varlink

/// A daemon that does as the test says, and notes what it was asked.
package actor StubHandler: ControlHandler {
    package let news = ControlNews()

    package init() {}

    package private(set) var switches: [String?] = []
    package private(set) var reloads = 0
    package private(set) var probes: [ProbeParameters] = []
    package var results: [ProbeResult] = [.answer]
    package private(set) var statusReads = 0
    package var current = Status.sample
    package var kept: [ControlEvent] = [.sample(1), .sample(2), .sample(3)]
    package var problems: [String] = []
    /// Runs in the middle of reading events.
    private var duringEvents: (@Sendable () -> Void)?
    /// Happens in the middle of reading the status, once.
    private var duringStatus: (status: Status, then: @Sendable () -> Void)?
    private var afterSwitch: (@Sendable () -> Void)?

    package func duringEvents(_ body: @escaping @Sendable () -> Void) { duringEvents = body }
    package func duringStatus(_ status: Status, then body: @escaping @Sendable () -> Void) { duringStatus = (status, body) }
    package func onSwitch(_ body: @escaping @Sendable () -> Void) { afterSwitch = body }
    package func refuseConfiguration(_ problems: [String]) { self.problems = problems }
    package func set(_ status: Status) { current = status }
    package func answerProbes(with results: [ProbeResult]) { self.results = results }

    package func status() async throws(ControlError) -> StatusReply {
        statusReads += 1
        let before = current
        if let change = duringStatus {
            duringStatus = nil
            current = change.status
            change.then()
        }
        return StatusReply(status: before)
    }

    package func explain(_ wanted: ExplainParameters) async throws(ControlError) -> ExplainReply {
        ExplainReply(explanation: try explanation(supposing: wanted.suppositions ?? []))
    }

    private func explanation(supposing: [String]) throws(ControlError) -> Explanation {
        if supposing.isEmpty {
            return Explanation(
                sentence: "telkom: it is the first choice.", lines: [.init(wan: "telkom", clauses: ["It answers"], text: "It answers.")])
        }
        guard supposing.allSatisfy({ $0.hasSuffix("=down") }) else { throw .invalidTarget(reason: "It can be up or down.") }
        return Explanation(
            sentence: Sentence("sample", "\(supposing.joined(separator: " and "))."), lines: [], commands: ["ip route del default"])
    }

    package func events(last: Int?) async throws(ControlError) -> [ControlEvent] {
        duringEvents?()
        return last.map { Array(kept.suffix($0)) } ?? kept
    }

    package func quality(_ wanted: QualityParameters) async throws(ControlError) -> QualityReply {
        let known = current.wans.map(\.name)
        guard let wan = wanted.wan else { return QualityReply(quality: known.map { .sample($0) }) }
        guard known.contains(wan) else { throw .unknownWAN(wan: wan, known: known) }
        return QualityReply(quality: [.sample(wan)])
    }

    package func samples(_ wanted: SamplesParameters) async throws(ControlError) -> SamplesReply { .sample }

    package var reports: [SwitchReport] = [.sample("20261124-183012-527"), .sample("20261124-190000-001")]

    package func forgetReports() { reports = [] }

    package func clients() async throws(ControlError) -> ClientsReply { ClientsReply(clients: [.sample, .unknown]) }

    package func reports(_ wanted: ReportsParameters) async throws -> ReportsReply {
        guard let id = wanted.id else { return ReportsReply(reports: Array(reports.suffix(try count(wanted.last) ?? reports.count))) }
        guard let found = reports.first(where: { $0.id == id }) else {
            throw ControlError.unknownReport(id: id, known: reports.map(\.id))
        }
        return ReportsReply(reports: [found])
    }

    package func probe(_ wanted: ProbeParameters) async throws(ControlError) -> ProbeReply {
        probes.append(wanted)
        guard wanted.port != 0 else { throw .invalidTarget(reason: "'port' has to be a whole number from 1 to 65535, not '0'") }
        return ProbeReply(results: results)
    }

    package func `switch`(_ wanted: SwitchParameters) async throws(ControlError) -> SwitchReply {
        let (wan, force) = (wanted.wan, wanted.force ?? false)
        let known = current.wans.map(\.name)
        if let wan {
            guard let found = current.wans.first(where: { $0.name == wan }) else { throw .unknownWAN(wan: wan, known: known) }
            guard found.usable || force else { throw .wanNotUsable(wan: wan, health: found.health, reason: found.reason) }
        }
        switches.append(wan)
        current.selection = SelectionStatus(
            wan: wan ?? known.first, reason: wan == nil ? "first choice" : "chosen by the operator", since: "2026-07-31T12:30:00.000Z",
            pinned: wan != nil)
        for index in current.wans.indices { current.wans[index].carries = current.wans[index].name == current.selection.wan }
        afterSwitch?()
        return SwitchReply(selection: current.selection)
    }

    package private(set) var drills: [DrillParameters] = []
    /// The caller of a drill has gone.
    package private(set) var drillsEnded = 0
    private var drillLast: DrillProgress? = .over
    package func endDrills(with last: DrillProgress?) { drillLast = last }

    /// Without a last step it lasts until it is cancelled.
    package func drill(_ wanted: DrillParameters, _ caller: ReplyStream<DrillReply>) async throws -> DrillReply? {
        try caller.require()
        guard wanted.wan == "telkom" else { throw ControlError.drillRefused(reason: "smartfren doesn't carry new sessions.") }
        drills.append(wanted)
        for step in [
            DrillProgress(step: "begun", milliseconds: 0, message: "A drill begins."),
            DrillProgress(step: "failover", milliseconds: 934, message: "Failover to smartfren after 0.93 s."),
        ] {
            caller.send(DrillReply(progress: step))
        }
        if let drillLast { return DrillReply(progress: drillLast) }
        do { try await Task.sleep(for: .seconds(3600)) } catch { drillsEnded += 1 }
        return DrillReply(progress: .over)
    }

    package func reload() async throws(ControlError) -> ReloadReply {
        reloads += 1
        guard problems.isEmpty else { throw .configurationRefused(problems: problems) }
        return ReloadReply(changes: ["smartfren is metered now."])
    }
}
