import Control
package import ControlProtocol
import Model

/// A daemon that does as the test says, and notes what it was asked.
package actor StubHandler: ControlHandler {
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

    package func status() async throws(ControlError) -> Status {
        statusReads += 1
        let before = current
        if let change = duringStatus {
            duringStatus = nil
            current = change.status
            change.then()
        }
        return before
    }

    package func explanation() async throws(ControlError) -> Explanation {
        Explanation(
            sentence: "telkom: it is the first choice.", lines: [.init(wan: "telkom", clauses: ["It answers"], text: "It answers.")])
    }

    package func explanation(supposing: [String]) async throws(ControlError) -> Explanation {
        guard supposing.allSatisfy({ $0.hasSuffix("=down") }) else { throw .invalidTarget(reason: "It can be up or down.") }
        return Explanation(
            sentence: Sentence("sample", "\(supposing.joined(separator: " and "))."), lines: [], commands: ["ip route del default"])
    }

    package func events(last: Int?) async throws(ControlError) -> [ControlEvent] {
        duringEvents?()
        return last.map { Array(kept.suffix($0)) } ?? kept
    }

    package func quality(of wan: String?) async throws(ControlError) -> [WANQuality] {
        let known = current.wans.map(\.name)
        guard let wan else { return known.map { .sample($0) } }
        guard known.contains(wan) else { throw .unknownWAN(wan: wan, known: known) }
        return [.sample(wan)]
    }

    package func samples(after: Int?) async throws(ControlError) -> SamplesReply { .sample }

    package var reports: [SwitchReport] = [.sample("20261124-183012-527"), .sample("20261124-190000-001")]

    package func forgetReports() { reports = [] }

    package func clients() async throws(ControlError) -> [ClientStatus] { [.sample, .unknown] }

    package func reports(id: String?, last: Int?) async throws(ControlError) -> [SwitchReport] {
        guard let id else { return Array(reports.suffix(last ?? reports.count)) }
        guard let found = reports.first(where: { $0.id == id }) else { throw .unknownReport(id: id, known: reports.map(\.id)) }
        return [found]
    }

    package func probe(_ wanted: ProbeParameters) async throws(ControlError) -> [ProbeResult] {
        probes.append(wanted)
        guard wanted.port != 0 else { throw .invalidTarget(reason: "'port' has to be a whole number from 1 to 65535, not '0'") }
        return results
    }

    package func switchTo(wan: String?, force: Bool) async throws(ControlError) -> SelectionStatus {
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
        return current.selection
    }

    package private(set) var drills: [DrillParameters] = []
    /// The caller of a drill has gone.
    package private(set) var drillsEnded = 0
    private var drillLast: DrillProgress? = .over
    package func endDrills(with last: DrillProgress?) { drillLast = last }

    /// Without a last step it lasts until it is cancelled.
    package func drill(
        _ wanted: DrillParameters, progress: @escaping @Sendable (DrillProgress) -> Void
    ) async throws(ControlError) -> DrillProgress {
        guard wanted.wan == "telkom" else { throw .drillRefused(reason: "smartfren doesn't carry new sessions.") }
        drills.append(wanted)
        progress(DrillProgress(step: "begun", milliseconds: 0, message: "A drill begins."))
        progress(DrillProgress(step: "failover", milliseconds: 934, message: "Failover to smartfren after 0.93 s."))
        if let drillLast { return drillLast }
        do { try await Task.sleep(for: .seconds(3600)) } catch { drillsEnded += 1 }
        return .over
    }

    package func reload() async throws(ControlError) -> [String] {
        reloads += 1
        guard problems.isEmpty else { throw .configurationRefused(problems: problems) }
        return ["smartfren is metered now."]
    }
}
