import ArgumentParser
import Control
import ControlProtocol
import Varlink

struct SwitchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switch", abstract: "Moves new sessions to a WAN and keeps them there.",
        discussion: "'auto' takes that back: uplinkd chooses again by itself. Needs root.")

    @Argument(help: ArgumentHelp("The name of a WAN, or 'auto'.", valueName: "wan"), completion: .wans(and: ["auto"]))
    var wan: String
    @Flag(help: "Even to a WAN that isn't usable.")
    var force = false
    @Flag(help: "Return only when the kernel sends new sessions there; after 30 s without that, fail.")
    var wait = false
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let wanted = wan == "auto" ? nil : wan
        var selection = try options.order("switch") { client throws(ControlClientError) in try client.switchTo(wan: wanted, force: force) }
        if wait { selection = try waitForEffect(wanted) }
        if output.json {
            try Output.json(selection)
        } else {
            try Output.line(SelectionText.line(selection, inEffect: wait))
        }
    }

    private func waitForEffect(_ wanted: String?) throws -> SelectionStatus {
        let deadline = ContinuousClock.now + .seconds(30)
        var replies = try options.connect().watch()
        do {
            while let status = try replies.next(until: deadline)?.status {
                if Self.isInEffect(status, wanted) { return status.selection }
            }
        } catch ControlClientError.noAnswer {
            // No change came in time: the daemon is there, since it has answered the switch.
        }
        throw Failure(.failed, "The switch was accepted, but after 30 s it isn't in effect: 'uplinkctl explain' may say why.")
    }

    /// nil: uplinkd's own choice, whichever it is.
    static func isInEffect(_ status: Status, _ wanted: String?) -> Bool {
        guard status.selection.pinned == (wanted != nil), let selected = status.selection.wan, selected == wanted ?? selected else {
            return false
        }
        return status.wans.contains { $0.name == selected && $0.carries }
    }
}
