import ArgumentParser
import Control
import ControlProtocol
import Varlink

struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The control socket of uplinkd.", valueName: "socket"),
        completion: .file())
    var control = defaultControlSocket

    /// A daemon that is just starting is waited for; one that is stopped isn't.
    func connect() throws(ControlClientError) -> ControlClient { try ControlClient(path: control, patience: .seconds(2)) }
}

struct JSONOption: ParsableArguments {
    @Flag(help: "Print JSON: the fields of net.uplinkd, see docs/control-protocol.md.")
    var json = false
}
