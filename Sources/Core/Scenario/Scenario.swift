package import Engine
import Configuration
import class FoundationEssentials.JSONDecoder
import class FoundationEssentials.JSONEncoder
import struct FoundationEssentials.Data
package import Model

/// A run of the engine as a text file: what came in, and when, and what it said to do. The daemon records one (`--record FILE`);
/// replaying it has to give the same effects, so that a bug report becomes a test.
///
///     # a comment
///     @0 start {"undo":{"displaced":[],"settings":{}}}
///     | lan:
///     |   interfaces: [br0]
///     @0.000412345 {"snapshot":{…}}
///     > ip route prepend default via 192.0.2.1 dev eth0 proto uplinkd metric 1
///     @0.021 {"probe":{"answered":0.0195,"id":1}}
///     @7.5 reload
///     | lan:
///
/// `@` is an input with its time in seconds, `|` a line of the configuration that belongs to it, `>` a line of what came of it.
package struct Scenario: Equatable, Sendable {
    package struct Step: Equatable, Sendable {
        package var at: Instant
        package var input: Input
        package var effects: [String]

        package init(at: Instant, input: Input, effects: [String]) {
            self.at = at
            self.input = input
            self.effects = effects
        }
    }

    package enum Input: Equatable, Sendable {
        case start(configuration: String, Beginning)
        case reload(configuration: String)
        case event(Event)
    }

    /// What an earlier run of the daemon left.
    package struct Beginning: Equatable, Sendable, Codable {
        package var undo: Undo
        package var pin: WANName?
        /// nil: nobody knows, as in recordings that are older than these. The WANs are numbered in the order of the file then.
        package var slots: Slots?
        /// nil: nothing was written down before the box was started.
        package var presumption: Presumption?

        package init(undo: Undo = Undo(), pin: WANName? = nil, slots: Slots? = nil, presumption: Presumption? = nil) {
            self.undo = undo
            self.pin = pin
            self.slots = slots
            self.presumption = presumption
        }
    }

    package var steps: [Step]

    /// The same inputs, and what the engine makes of them today.
    package func replayed() throws(ScenarioError) -> Scenario {
        var engine: Engine?
        var replayed = self
        for index in steps.indices {
            let step = steps[index]
            let effects: [Effect]
            switch (step.input, engine) {
            case (.start(let text, let beginning), nil):
                engine = Engine(settings: try Self.settings(text), beginning, at: step.at)
                effects = []
            case (.start, _?): throw ScenarioError("a scenario starts only once")
            case (_, nil): throw ScenarioError("the first step has to be a start")
            case (.reload(let text), var running?):
                effects = running.handle(.configured(try Self.settings(text)), at: step.at)
                engine = running
            case (.event(let event), var running?):
                effects = running.handle(event, at: step.at)
                engine = running
            }
            replayed.steps[index].effects = effects.flatMap(\.lines)
        }
        return replayed
    }

    private static func settings(_ text: String) throws(ScenarioError) -> Settings {
        let parsed = Configuration.parse(text)
        guard let settings = parsed.settings else {
            throw ScenarioError("its configuration is refused: \(parsed.problems.first?.message ?? "")")
        }
        return settings
    }
}

package struct ScenarioError: Error, Equatable, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String, line: Int? = nil) {
        self.description = line.map { "line \($0): \(description)" } ?? description
    }
}

extension Engine {
    package init(settings: Settings, _ beginning: Scenario.Beginning, at now: Instant) {
        self.init(
            settings: settings, undo: beginning.undo, pin: beginning.pin, slots: beginning.slots ?? Slots(),
            presumption: beginning.presumption ?? Presumption(), at: now)
    }

    /// What is to be there at the next start.
    package var beginning: Scenario.Beginning { Scenario.Beginning(undo: undo, pin: pin, slots: slots) }
}

extension Effect {
    package var lines: [String] { description.split(separator: "\n").map(String.init) }
}
