import ArgumentParser
import Control
import ControlProtocol
import Floor
import Glibc
import Model
import Probing
import SpeedTest
import Varlink

struct SpeedTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speedtest", abstract: "How fast one WAN is, down and up, and what its round trip becomes meanwhile.",
        discussion: """
            Fetches a page and sends as much back, by plain HTTP, by that WAN's interface, selected or not. Never uses more than --bytes in all. \
            Without root it needs Linux 5.7 and membership in group uplinkd.
            """)

    @Argument(help: ArgumentHelp("The name of a WAN.", valueName: "wan"), completion: .wans())
    var wan: String
    @Argument(
        help: ArgumentHelp(
            "A large page by plain HTTP: 'http://host/path'. One near you says most: many providers and universities have one.",
            valueName: "url"))
    var url: String?
    @Option(help: ArgumentHelp("Where to send to; the same page if left out.", valueName: "url"))
    var upload: String?
    @Flag(help: "Only fetch.")
    var noUpload = false
    @Option(
        help: ArgumentHelp("What may be used in all, such as 500kB or 1GB.", valueName: "size"),
        transform: { text in
            guard let bytes = bytesOfSize(text) else { throw ValidationError("'\(text)' is no size: write '500kB', '10MB' or '1GB'.") }
            return bytes
        })
    var bytes = 10_000_000
    @Option(
        name: .customLong("for"), help: ArgumentHelp("How long each direction may take, such as 10s.", valueName: "time"),
        transform: { try timeInSeconds($0, from: .milliseconds(100), to: .seconds(60)) })
    var time: Double = 10
    @Flag(help: "On a metered WAN without asking.")
    var yes = false
    @Flag(name: [.customShort("4"), .customLong("ipv4")], help: "By IPv4 only.")
    var onlyIPv4 = false
    @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "By IPv6 only.")
    var onlyIPv6 = false
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard url != nil else {
            throw ValidationError(
                "speedtest needs a large page by plain HTTP, best near you: ask for 'speed test files' of your provider, or take http://speedtest.tele2.net/100MB.zip."
            )
        }
        guard bytes >= SpeedTest.fewestBytes else { throw ValidationError("--bytes takes \(sizeText(SpeedTest.fewestBytes)) or more.") }
        guard upload == nil || !noUpload else { throw ValidationError("--upload and --no-upload exclude each other.") }
        guard !(onlyIPv4 && onlyIPv6) else { throw ValidationError("-4 and -6 exclude each other.") }
    }

    func run() throws {
        do {
            try test()
        } catch let error as SpeedTestError {
            throw Failure(error.isUsage ? .usage : .failed, error.description)
        } catch let error as CallError {
            throw Failure(
                error, wan: wan, need: "speedtest binds its sockets to the WAN's interface, for which it needs root, or Linux 5.7")
        }
    }

    private func test() throws {
        let page = try PageAddress(url ?? "")
        let target = noUpload ? nil : try upload.map { text throws(SpeedTestError) in try PageAddress(text) } ?? page
        let way = try WANInterface(wan, in: options.connect().status())
        try agree(way, page, target)
        let family: IPFamily? = onlyIPv4 ? .v4 : onlyIPv6 ? .v6 : nil
        var known: [String: IPAddress] = [:]
        let bar = ProgressBar()
        let test = SpeedTest(
            by: way.index, limits: .init(bytes: bytes, time: .seconds(time)),
            resolve: { host in
                if let address = known[host] { return address }
                let address = try HostName.address(of: host, family)
                known[host] = address
                return address
            }, tell: { bar.show($0) })
        defer { bar.clear() }
        try test.measureIdle(page)
        try test.download(page, bytes: (bytes - test.report.bytesUsed) / (target == nil ? 1 : 2))
        // What the way down has cost is told even when the way up fails.
        let result = Result { if let target { try test.upload(target, bytes: bytes - test.report.bytesUsed) } }
        bar.clear()
        if output.json {
            try Output.json(SpeedText.JSON(test.report, wan: way.status, page: page, upload: target))
        } else {
            try Output.lines(SpeedText.lines(test.report, wan: way.status, page: page))
        }
        try result.get()
    }

    /// Says what it may cost before anything is sent; on a metered WAN it wants a word.
    private func agree(_ way: WANInterface, _ page: PageAddress, _ target: PageAddress?) throws {
        Output.error(SpeedText.announcement(way.status, bytes: bytes, seconds: time, page: page, upload: target))
        guard way.status.metered, !yes else { return }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw Failure(.usage, "\(wan) is metered: --yes goes on all the same, --bytes allows less.")
        }
        Output.question("\(wan) is metered. Go on? [y/N] ")
        guard let answer = readLine()?.lowercased(), answer == "y" || answer == "yes" else { throw Failure(.failed, "Nothing was sent.") }
    }
}
