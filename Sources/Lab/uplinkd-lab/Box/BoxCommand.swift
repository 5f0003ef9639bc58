import ArgumentParser
import Glibc
import Lab

struct BoxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "box",
        abstract: "A real Debian in the router's place, in QEMU: installs uplinkd there and measures what clients notice of each fault.",
        discussion: "Exit status 1 if what README promises doesn't hold. 'make box' has made the images.")
    @Option(help: "Debian's release: 12 or 13, or several, separated by commas.") var debian = "12,13"
    @Option(help: "Scenarios, separated by commas: \(BoxScenario.allCases.map(\.rawValue).joined(separator: ", ")). Default: all.")
    var scenario: String?
    @Option(help: "The folder with an image for each release.") var images = ".build-box"
    @Option(help: "A folder of .deb files, or one that 'make install DESTDIR=' has filled.") var delivery: String
    @Option(help: "Telkom's network card: \(EthernetCard.allCases.map(\.rawValue).joined(separator: " or ")).") var card = "virtio"
    @Option(help: "Who asks for addresses: \(DHCPClient.allCases.map(\.rawValue).joined(separator: " or ")).") var dhcp = "ifupdown"
    @Flag(inversion: .prefixedNo, help: "Use KVM. Default: where /dev/kvm is.") var kvm: Bool?

    private func parts() throws -> (scenarios: [BoxScenario], releases: [String], card: EthernetCard, dhcp: DHCPClient) {
        guard let card = EthernetCard(rawValue: card) else { throw ValidationError("no such card: \(card)") }
        guard let dhcp = DHCPClient(rawValue: dhcp) else { throw ValidationError("no such DHCP client: \(dhcp)") }
        let releases = debian.split(separator: ",").map(String.init)
        for release in releases where access("\(images)/\(release)/disk", R_OK) != 0 {
            throw ValidationError("there is no box with Debian \(release): Scripts/box-image \(release) \(images)/\(release) makes it")
        }
        guard access(delivery, R_OK) == 0 else { throw ValidationError("\(delivery): \(String(cString: strerror(errno)))") }
        return (try Only.parts(scenario), releases, card, dhcp)
    }

    func validate() throws { _ = try parts() }

    func run() async throws {
        let (scenarios, releases, card, dhcp) = try parts()
        let isAccelerated = kvm ?? (access("/dev/kvm", R_OK | W_OK) == 0)
        let (images, delivery) = (images, delivery)
        try await interruptible {
            var rows: [[String]] = []
            var broken: [String] = []
            for release in releases {
                let machine = BoxMachine(image: "\(images)/\(release)", card: card, isAccelerated: isAccelerated)
                let began = Moment.now
                let results = try await Lab.with(options: Box.options) { lab in
                    try await Box.with(in: lab, machine, delivery: delivery) { box in
                        printLine("Debian \(release): answers \(seconds(Moment.now - began)) after it was unpacked")
                        let round = await BoxRound(box, name: release, client: dhcp)
                        try await round.play(scenarios)
                        return await round.results
                    }
                }
                rows += results.rows
                broken += results.broken
                printLine("Debian \(release): all of it took \(seconds(Moment.now - began))")
            }
            var table = TextTable(BoxScene.header)
            for row in rows { table.add(row) }
            table.print()
            guard broken.isEmpty else { throw LabError("Does not hold:\n" + broken.joined(separator: "\n")) }
        }
    }
}
