import Configuration
package import ControlProtocol
package import Engine
package import Model

/// What the operator may ask for while the loop runs: a WAN of his choice, and another configuration.
package final class Commands {
    private let loop: Loop
    private let onlooker: any Onlooker
    private let now: () -> Instant
    private let tell: (Notice) -> Void
    /// What the last reload refused.
    package private(set) var configurationProblem: String?

    /// - Parameter tell: everybody.
    package init(_ loop: Loop, _ onlooker: any Onlooker, now: @escaping () -> Instant, tell: @escaping (Notice) -> Void) {
        self.loop = loop
        self.onlooker = onlooker
        self.now = now
        self.tell = tell
    }

    /// - Parameter wan: nil to leave it to the order of the metrics.
    package func choose(_ wan: String?, force: Bool) throws(ControlError) {
        var name: WANName?
        if let wan {
            name = loop.engine.settings.wans.first { $0.name.description == wan }?.name
            guard name != nil else { throw .unknownWAN(wan: wan, known: loop.engine.settings.wans.map(\.name.description)) }
        }
        do throws(SwitchRefusal) {
            try loop.engine.permit(switchTo: name, force: force, at: now())
        } catch {
            throw .wanNotUsable(wan: error.wan.description, health: error.health.rawValue, reason: error.reason)
        }
        loop.take(.pinned(name))
        // The word outlives the daemon, whether or not a route had to be changed for it.
        onlooker.remember()
        tell(Notice(.selection, .notice, wan: name, name.map { "The operator chose \($0)." } ?? "The operator gave the choice back."))
    }

    /// - Returns: what has changed, a sentence each.
    package func configure(_ settings: Settings) -> [String] {
        configurationProblem = nil
        let changes = loop.engine.settings.changes(to: settings)
        loop.take(.configured(settings))
        tell(
            Notice(
                .configuration, .notice,
                changes.isEmpty ? "The configuration was read again; nothing has changed." : "The configuration has changed.",
                details: ["changes": changes.joined(separator: "\n")]))
        return changes
    }

    /// The file isn't right, or can't be read.
    package func refuse(_ problems: [String]) -> ControlError {
        configurationProblem = "the configuration file was refused at the last reload; the one before is in force"
        tell(
            Notice(
                .configuration, .error, "The configuration was refused; the one before stays in force.",
                details: ["problems": problems.joined(separator: "\n")]))
        return .configurationRefused(problems: problems)
    }
}
