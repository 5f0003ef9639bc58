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

    /// For what changes something: no answer doesn't mean that it isn't done.
    func order<Answer>(_ what: String, _ call: (ControlClient) throws(ControlClientError) -> Answer) throws -> Answer {
        let client = try connect()
        do throws(ControlClientError) {
            return try call(client)
        } catch .noAnswer(let path) {
            throw Failure(
                .unreachable,
                "uplinkd doesn't answer on \(path), and may \(what) all the same when it does: 'uplinkctl status' shows it; journalctl -u uplinkd may say why."
            )
        }
    }
}

struct JSONOption: ParsableArguments {
    @Flag(help: "Print JSON: the fields of net.uplinkd, see docs/control-protocol.md.")
    var json = false
}
