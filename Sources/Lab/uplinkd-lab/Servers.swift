import ArgumentParser
import Lab

struct DNSServe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns-serve", abstract: "A resolver that knows one name; can lie, fail and be silent.")
    @OptionGroup var listening: Listening
    @Option(help: "The name that it knows.") var name = Addresses.checkName
    @Option(help: "Its IPv4 address.") var a = Addresses.server
    @Option(help: "Its IPv6 address.") var aaaa = Addresses.server6
    @Option(help: "answers, lies, servfail or silent.") var mode = "answers"

    func run() throws {
        guard let mode = DNSServer.Mode(rawValue: mode) else { throw ValidationError("--mode is answers, lies, servfail or silent") }
        let records = try DNSRecords(a: a, aaaa: aaaa)
        try DNSServer(address: listening.address, port: listening.port, name: name, mode: mode, records: records).run()
    }
}

struct HTTPServe: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "http-serve", abstract: "Answers every request alike and closes.")
    @OptionGroup var listening: Listening
    @Option(help: "Status.") var status = 204
    @Option(help: "Body; a 204 has none.") var body = ""
    @Option(help: "Where a redirect leads.") var location: String?

    func validate() throws {
        guard (100...599).contains(status) else { throw ValidationError("--status takes 100 to 599") }
    }

    func run() throws {
        let response = HTTPServer.Response(status: status, body: body, location: location)
        try HTTPServer(address: listening.address, port: listening.port, response: response).run()
    }
}

struct SpeedServe: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "speed-serve", abstract: "Pages of any length, and uploads.")
    @OptionGroup var listening: Listening

    func run() throws { try SpeedServer(address: listening.address, port: listening.port).run() }
}
