import ArgumentParser
import Control
import ControlProtocol
import Floor
import Glibc
import Model
import Probing
import Tracing
import Varlink

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "The path to a host by one WAN, router by router.",
        discussion: """
            Sends ICMP echo requests by that WAN's interface, selected or not. Needs root.
            Ends with 5 if the host isn't reached.
            """)

    @Argument(help: ArgumentHelp("The name of a WAN.", valueName: "wan"), completion: .wans())
    var wan: String
    @Argument(help: ArgumentHelp("An address or a name.", valueName: "host"))
    var host: String
    @Flag(help: "Look up the routers' names.")
    var names = false
    @Option(help: "So many routers at most.")
    var maxHops = 30
    @Option(help: "So many questions to each.")
    var queries = 3
    @Option(
        help: ArgumentHelp("How long to wait for each answer, such as 2s.", valueName: "time"),
        transform: { try timeInSeconds($0, from: .milliseconds(100), to: .seconds(60)) })
    var timeout: Double?
    @Flag(name: [.customShort("4"), .customLong("ipv4")], help: "A name's IPv4 address only.")
    var onlyIPv4 = false
    @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "A name's IPv6 address only.")
    var onlyIPv6 = false
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard (1...255).contains(maxHops) else { throw ValidationError("--max-hops takes 1 to 255.") }
        guard (1...10).contains(queries) else { throw ValidationError("--queries takes 1 to 10.") }
        guard !(onlyIPv4 && onlyIPv6) else { throw ValidationError("-4 and -6 exclude each other.") }
    }

    func run() throws {
        let way = try WANInterface(wan, in: options.connect().status())
        let target = try HostName.address(of: host, onlyIPv4 ? .v4 : onlyIPv6 ? .v6 : nil)
        var text = TraceText(wan: wan, interface: way.interface.description, host: host, target: target, maxHops: maxHops)
        var book = NameBook()
        let limits = Trace.Limits(hops: maxHops, queries: queries, timeout: .milliseconds(Int((timeout ?? 1) * 1000)))
        do {
            let tracer = try Tracer(to: target, by: way.index)
            if !output.json { try Output.line(text.title) }
            try tracer.run(limits) { hop in
                if names { book.lookUp(hop.answers.compactMap { $0?.address }) }
                text.add(hop) { book.name(of: $0) }
                if !output.json, let line = text.lines.last { try Output.line(line) }
            }
        } catch let error as CallError {
            throw Failure(error, wan: wan, need: "trace needs root: it sends ICMP by a raw socket")
        }
        if output.json { try Output.json(text.report) } else { try Output.line(text.end) }
        if !text.report.reached { throw Failure(.unanswered, nil) }
    }
}

extension Failure {
    /// What kept a command from asking by a WAN.
    init(_ error: CallError, wan: String, need: String) {
        if error.code == EPERM || error.code == EACCES {
            self.init(.denied, "\(need) (\(error)).")
        } else {
            self.init(.failed, "\(wan) can't be asked: \(error).")
        }
    }
}
