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
        var name: WANName?
        if let wan {
            name = engine.settings.wans.first { $0.name.description == wan }?.name
            guard name != nil else { throw .unknownWAN(wan: wan, known: engine.settings.wans.map(\.name.description)) }
        }
        do throws(SwitchRefusal) {
            try engine.permit(switchTo: name, force: force, at: clock.now())
        } catch {
            throw .wanNotUsable(wan: error.wan.description, health: error.health.rawValue, reason: error.reason)
        }
        loop.take(.pinned(name))
        chronicle.remember()
        let message = name.map { "The operator chose \($0)." } ?? "The operator gave the choice back."
        publish(Notice(.selection, .notice, wan: name, message))
        return statusReport.selection
    }

    func reload() throws(ControlError) -> [String] {
        manager.notify("RELOADING=1", "MONOTONIC_USEC=\(ServiceManager.monotonicMicroseconds)")
        defer { manager.notify("READY=1") }
        let loaded: ConfigurationFile
        do throws(ConfigurationFile.Refused) {
            loaded = try ConfigurationFile(path: options.configuration)
        } catch {
            configurationProblem = "the configuration file was refused at the last reload; the one before is in force"
            publish(
                Notice(
                    .configuration, .error, "The configuration was refused; the one before stays in force.",
                    details: ["problems": error.lines.joined(separator: "\n")]))
            throw .configurationRefused(problems: error.lines)
        }
        configurationProblem = nil
        let changes = engine.settings.changes(to: loaded.settings)
        chronicle.configurationText = loaded.text
        loop.take(.configured(loaded.settings))
        surveyBox()
        publish(
            Notice(
                .configuration, .notice,
                changes.isEmpty ? "The configuration was read again; nothing has changed." : "The configuration has changed.",
                details: ["changes": changes.joined(separator: "\n")]))
        return changes
    }
}
