import ControlProtocol
import Engine
import Model
import Shell

extension Daemon {
    func clients() async throws(ControlError) -> [ClientStatus] { try await chronicle.reports.reporter.clients() }

    func reports(id: String?, last: Int?) async throws(ControlError) -> [SwitchReport] {
        try await chronicle.reports.reporter.reports(id: id, last: last)
    }

    /// One is finished.
    func tell(_ report: SwitchReport) {
        let wan = WANName(report.to)
        publish(
            Notice(.report, report.broken > 0 ? .warning : .notice, wan: wan, report.headline, details: ["report": report.id]))
        drills.reported(report)
    }
}
