import Configuration
import Control
import ControlProtocol
import Engine
import Floor
import Model
import Plan
import Shell
import Varlink

extension Daemon: ControlHandler {
    func status() async -> Status {
        let server = await server?.counters
        var status = statusReport
        status.counters.merge(server?.named ?? [:]) { own, _ in own }
        return status
    }

    func explanation() -> Explanation {
        Explanation(
            sentence: summary,
            lines: engine.explanation(at: clock.now()).map { .init(wan: $0.wan.description, sentence: $0.sentence) })
    }

    func events(last: Int?) -> [ControlEvent] { chronicle.journal.latest(last) }

    func switchTo(wan: String?, force: Bool) throws(ControlError) -> SelectionStatus {
        try commands.choose(wan, force: force)
        return statusReport.selection
    }

    func reload() throws(ControlError) -> [String] {
        chronicle.manager.notify("RELOADING=1", "MONOTONIC_USEC=\(ServiceManager.monotonicMicroseconds)")
        defer { chronicle.manager.notify("READY=1") }
        let loaded: ConfigurationFile
        do throws(ConfigurationFile.Refused) {
            loaded = try ConfigurationFile(path: options.configuration)
        } catch {
            throw commands.refuse(error.lines)
        }
        chronicle.configurationText = loaded.text
        defer { surveyBox() }
        return try commands.configure(loaded.settings)
    }
}
