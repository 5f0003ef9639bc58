import ConfigurationFile
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
    func status() async -> StatusReply {
        let server = await server?.counters
        var status = statusReport
        status.counters.merge(server?.named ?? [:]) { own, _ in own }
        return StatusReply(status: status)
    }

    func explain(_ wanted: ExplainParameters) throws(ControlError) -> ExplainReply {
        if let suppositions = wanted.suppositions, !suppositions.isEmpty {
            return ExplainReply(explanation: try explanation(supposing: suppositions))
        }
        let now = clock.now()
        return ExplainReply(
            explanation: Explanation(
                sentence: engine.answer(at: now).sentence, lines: engine.explanation(at: now).map(ExplanationLine.init)))
    }

    func events(last: Int?) -> [ControlEvent] { chronicle.journal.latest(last) }

    func `switch`(_ wanted: SwitchParameters) throws(ControlError) -> SwitchReply {
        try commands.choose(wanted.wan, force: wanted.force ?? false)
        return SwitchReply(selection: statusReport.selection)
    }

    @discardableResult
    func reload() throws(ControlError) -> ReloadReply {
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
        return ReloadReply(changes: try commands.configure(loaded.settings))
    }
}
