import Control
import ControlProtocol
import Engine
import Model
import Shell

extension Daemon {
    func clients() async throws -> ClientsReply { ClientsReply(clients: try await chronicle.reports.reporter.clients()) }

    func reports(_ wanted: ReportsParameters) async throws -> ReportsReply {
        ReportsReply(reports: try await chronicle.reports.reporter.reports(id: wanted.id, last: count(wanted.last)))
    }

    /// One is finished.
    func tell(_ report: SwitchReport) {
        publish(Happening(report))
        drills.reported(report)
    }
}
