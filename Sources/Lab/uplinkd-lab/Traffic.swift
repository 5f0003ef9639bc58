import ArgumentParser
import Lab

// The programs that run inside the namespaces. The lab starts them; by hand they are just as useful (`uplinkd-lab up` shows how).

struct Destination: ParsableArguments {
    @Option(help: "Address of the server.") var to: String
    @Option(help: "Port of the server.") var port: Int
}

struct Listening: ParsableArguments {
    @Option(help: "Address to listen on.") var address: String
    @Option(help: "Port to listen on.") var port: Int
}

struct Stream: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends a UDP stream; prints what became of it as a line of JSON when it is told to stop (SIGTERM, Ctrl-C).")
    @OptionGroup var destination: Destination
    @Option(help: "Packets a second.") var rate = 200
    @Flag(help: "Each packet from another port, not echoed: new sessions instead of one.") var newSessions = false
    @Option(help: "Bind to this address of the machine.") var source: String?

    func run() throws {
        try UDPStream(
            server: destination.to, port: destination.port, packetsPerSecond: rate, newSessions: newSessions, source: source
        ).run()
    }
}

struct Echo: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The other end of `stream` and `udp-sessions`.")
    @OptionGroup var listening: Listening
    @OptionGroup var bundle: Sessions

    func run() throws { try UDPEcho(address: listening.address, port: listening.port, sessions: bundle.sessions).run() }
}

struct Sessions: ParsableArguments {
    @Option(help: "How many.") var sessions = 1

    func validate() throws {
        guard (1...1000).contains(sessions) else { throw ValidationError("--sessions takes 1 to 1000") }
    }
}

struct UDPSessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "udp-sessions", abstract: "Many UDP sessions, each with ports of its own; prints what became of each at the end.")
    @OptionGroup var destination: Destination
    @OptionGroup var bundle: Sessions
    @Option(help: "Packets a second of each.") var rate = 50

    func run() throws {
        try UDPSessions(server: destination.to, port: destination.port, count: bundle.sessions, packetsPerSecond: rate).run()
    }
}

struct TCPSessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tcp-sessions",
        abstract: "Many TCP connections, mostly idle and none made anew; prints what became of each at the end.")
    @OptionGroup var destination: Destination
    @OptionGroup var bundle: Sessions
    @Option(help: "Milliseconds from one message of a connection to its next.") var intervalMs = 500

    func run() throws {
        try TCPSessions(
            server: destination.to, port: destination.port, count: bundle.sessions, interval: .milliseconds(intervalMs)
        ).run()
    }
}

struct PushServe: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "push-serve", abstract: "The other end of `download`.")
    @OptionGroup var listening: Listening

    func run() throws { try PushServer(address: listening.address, port: listening.port).run() }
}

struct DownloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download", abstract: "One TCP connection that only listens; prints what came at the end.")
    @OptionGroup var destination: Destination

    func run() throws { try Download(server: destination.to, port: destination.port).run() }
}

struct UploadServe: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "upload-serve", abstract: "The other end of `upload`.")
    @OptionGroup var listening: Listening

    func run() throws { try UploadServer(address: listening.address, port: listening.port).run() }
}

struct UploadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload",
        abstract: "Acknowledged UDP with growing windows: fills the queue on its way; prints what came of it at the end.")
    @OptionGroup var destination: Destination
    @OptionGroup var bundle: Sessions

    func run() throws { try Upload(server: destination.to, port: destination.port, sessions: bundle.sessions).run() }
}

struct Connections: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes new TCP connections; prints what became of them at the end.")
    @OptionGroup var destination: Destination
    @Option(help: "Milliseconds from one to the next.") var intervalMs = 100

    func run() throws {
        try TCPConnections(server: destination.to, port: destination.port, interval: .milliseconds(intervalMs)).run()
    }
}

struct Connection: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keeps one TCP connection busy; prints its worst stall and its breaks at the end.")
    @OptionGroup var destination: Destination
    @Option(help: "Milliseconds from one message to the next.") var intervalMs = 10

    func run() throws {
        try TCPConnection(server: destination.to, port: destination.port, interval: .milliseconds(intervalMs)).run()
    }
}

struct TCPServe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tcp-serve", abstract: "The other end of `connections`, `connection` and `whoami`.")
    @OptionGroup var listening: Listening

    func run() throws { try TCPServer(address: listening.address, port: listening.port).run() }
}

struct WhoAmI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Makes one TCP connection and prints the address that the server sees; nothing if there is none in time.")
    @OptionGroup var destination: Destination
    @Option(help: "How long to try.") var timeoutMs = 1000

    func run() throws {
        let connection = TCPConnections(
            server: destination.to, port: destination.port, interval: .seconds(1), timeout: .milliseconds(timeoutMs))
        if let address = try connection.once() { print(address) }
    }
}

struct Names: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks a resolver for names, each another one; prints what became of them at the end.")
    @Option(help: "Address of the resolver.") var of: String
    @Option(help: "Questions a second.") var rate = 50

    func run() throws { try NameQuestions(resolver: of, perSecond: rate).run() }
}

struct TimedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timed", abstract: "Runs a command and prints the monotonic time before and after it.")
    @Argument(parsing: .postTerminator) var command: [String]

    func run() throws { print(try JSON.line(Timed.run(command))) }
}

struct RelayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay", abstract: "Delays what is routed into a TUN device, and loses bursts of it.",
        discussion: "Each line written to the control FIFO is DELAY [JITTER [BURST EVERY]], in milliseconds.")
    @Option(help: "Name of the device.") var device = "relay"
    @Option(help: "Path of a FIFO to be made.") var control: String

    func run() throws { try Relay(device: device, control: control).run() }
}

struct Advertise: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends router advertisements, unsolicited and to whoever asks, until it is told to stop.")
    @Option(help: "Interface.") var interface = "wan"
    @Option(help: "Link-local address of the gateway.") var source = Provider.linkLocalGateway
    @Option(help: "Prefix that addresses are made of, such as 2001:db8:1::/64.") var prefix: String
    @Option(help: "Seconds for which the gateway may be used; 0: no longer.") var lifetime = 1800
    @Option(help: "Milliseconds from one to the next.") var intervalMs = 5000

    func run() throws {
        guard (0...65535).contains(lifetime) else { throw ValidationError("--lifetime takes 0 to 65535 seconds") }
        try Advertiser(
            interface: interface, source: source, prefix: prefix, lifetime: .seconds(lifetime), interval: .milliseconds(intervalMs)
        ).run()
    }
}

struct FloodCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flood", abstract: "Sends the smallest packets of a few UDP sessions as fast as they are taken.")
    @OptionGroup var destination: Destination
    @OptionGroup var bundle: Sessions
    @Option(help: "Interface.") var interface: String
    @Option(help: "Hardware address of the next box.") var nextHop: String
    @Option(help: "Source address.") var source: String
    @Flag(help: "The server's packets, to the client's ports.") var back = false
    @Option(help: "For how long, in milliseconds.") var forMs = 150

    func run() throws {
        try Flood(
            interface: interface, nextHop: nextHop, source: source, destination: destination.to, port: destination.port,
            sessions: bundle.sessions, isBack: back, duration: .milliseconds(forMs)
        ).run()
    }
}

struct WatchRoutes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch-routes", abstract: "Prints each change of the daemon's default routes with its monotonic time.")

    func run() throws { try RouteWatch().run() }
}
