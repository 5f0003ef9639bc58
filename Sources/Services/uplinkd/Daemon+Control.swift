import Configuration
import Control
import ControlProtocol
import Engine
import Floor
import Model
import Plan
import Shell

extension Daemon: ControlHandler {
    func status() -> Status { statusReport }

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
        manager.notify("RELOADING=1", "MONOTONIC_USEC=\(ServiceManager.monotonicMicroseconds)")
        defer { manager.notify("READY=1") }
        do throws(ConfigurationFile.Refused) {
            let loaded = try ConfigurationFile(path: options.configuration)
            chronicle.configurationText = loaded.text
            let changes = commands.configure(loaded.settings)
            surveyBox()
            return changes
        } catch {
            throw commands.refuse(error.lines)
        }
    }
}
