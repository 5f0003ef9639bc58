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
        publish(Happening(report))
        drills.reported(report)
    }
}
