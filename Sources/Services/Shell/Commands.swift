import Configuration
package import ControlProtocol
package import Engine
package import Model

/// What the operator may ask for while the loop runs: a WAN of his choice, and another configuration.
package final class Commands {
    private let loop: Loop
    private let onlooker: any Onlooker
    private let now: () -> Instant
    private let tell: (Happening) -> Void
    /// What the last reload refused.
    package private(set) var configurationProblem: StatusProblem?

    /// - Parameter tell: everybody.
    package init(_ loop: Loop, _ onlooker: any Onlooker, now: @escaping () -> Instant, tell: @escaping (Happening) -> Void) {
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
            throw .wanNotUsable(wan: error.wan.description, health: error.health.rawValue, reason: error.sentence)
        }
        loop.take(.pinned(name))
        // The word outlives the daemon, whether or not a route had to be changed for it.
        onlooker.remember()
        tell(.operatorChose(name))
    }

    /// - Returns: what has changed, a sentence each. Throws when that can't come into force yet.
    package func configure(_ settings: Settings) throws(ControlError) -> [String] {
        configurationProblem = nil
        let changes = loop.engine.settings.changes(to: settings)
        loop.take(.configured(settings))
        tell(.configurationRead(changes: changes))
        // It takes a look at the kernel, which is tried again every second.
        if let problem = loop.readingProblem {
            throw .failed(message: "The configuration is right, and comes into force as soon as the kernel can be read: \(problem)")
        }
        return changes
    }

    /// The file isn't right, or can't be read.
    package func refuse(_ problems: [String]) -> ControlError {
        configurationProblem = .configurationRefused(problems: problems)
        tell(.configurationRefused(problems: problems))
        return .configurationRefused(problems: problems)
    }
}
