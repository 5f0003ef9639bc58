import ArgumentParser
import Control
import ControlProtocol
import Varlink

struct ClientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients", abstract: "Who is on the LAN, and which WAN carries how many of their sessions.")

    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let clients = try options.connect().clients()
        if output.json { try Output.json(ClientsReply(clients: clients)) } else { try Output.lines(ClientsText.lines(clients)) }
    }
}
