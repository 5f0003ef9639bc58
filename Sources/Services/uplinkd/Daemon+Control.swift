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
        let now = clock.now()
        return Explanation(sentence: engine.answer(at: now).sentence, lines: engine.explanation(at: now).map(ExplanationLine.init))
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
