import Model
import Testing

@Suite struct ProbeCostTests {
    static let v4 = IPAddress.v4(IPv4Address(bits: 0x0101_0101))
    static let v6 = IPAddress.v6(IPv6Address(high: 0x2001_0db8 << 32, low: 1))

    static func page(_ host: String) -> Question { .http(HTTPQuestion(host: host, path: "/generate_204", resolver: v4)) }
    static func name(_ server: IPAddress) -> Question { .dns(DNSQuestion(server: .address(server), name: "example.com")) }

    /// Every packet of an answered probe, header for header, as a capture shows them.
    static let packets: [(Question, [Int])] = [
        (.echo(.gateway), [20 + 8 + 4, 20 + 8 + 4]),
        (.echo(.address(v4)), [20 + 8 + 4, 20 + 8 + 4]),
        (.echo(.address(v6)), [40 + 8 + 4, 40 + 8 + 4]),
        (.neighbour(.v4), []), (.neighbour(.v6), []),
        // SYN and SYN-ACK have 20 bytes of options (MSS, SACK, timestamps, window scale), the others 12 (timestamps).
        (.connect(v4, port: 443), [60, 60, 52, 52]),
        (.connect(v6, port: 443), [80, 80, 72, 72]),
        // "example.com" is 13 bytes on the wire, with type and class 17; the answer a pointer, 10 bytes and an address.
        (name(v4), [20 + 8 + 12 + 17, 20 + 8 + 12 + 17 + 28]),
        (name(v6), [40 + 8 + 12 + 17, 40 + 8 + 12 + 17 + 28]),
        (page("connectivitycheck.gstatic.com"), [60, 60, 52, 52 + 107, 52, 52 + 300, 52, 52, 52, 52]),
        // 65 + 11 + 13 bytes of request.
        (page("2001:db8::1"), [80, 80, 72, 72 + 89, 72, 72 + 300, 72, 72, 72, 72]),
        (.exec(["/bin/true"]), []),
    ]

    @Test("a probe costs what its packets have in bytes", arguments: packets)
    func bytes(question: Question, packets: [Int]) { #expect(question.bytes == packets.reduce(0, +)) }

    static func costs(_ settings: ProbeSettings) -> [String] {
        [false, true].map { roughSizeText(settings.bytesPerMonth(isResting: $0)) }
    }

    static let targets = [Target(.echo(.address(v4))), Target(.echo(.address(v6))), Target(page("example.com")), Target(name(v4))]

    @Test("a month costs each target's bytes at each target's pace; standing by, all of it more rarely")
    func month() {
        // 4 · 64 · 2 592 000, and a 30th.
        #expect(Self.costs(ProbeSettings()) == ["664 MB", "22 MB"])
        #expect(Self.costs(ProbeProfile.fast.settings) == ["6.6 GB", "22 MB"])
        #expect(Self.costs(ProbeSettings(interval: .seconds(30))) == ["22 MB", "22 MB"])
        // 64 + 104 bytes a second, 925 a minute, 142 every 10 s.
        let bytes: Double = 2_592_000 * 168 + 43_200 * 925 + 259_200 * 142
        #expect(ProbeSettings(targets: Self.targets).bytesPerMonth(isResting: false).rounded() == bytes)
        #expect(ProbeSettings(targets: [Target(.neighbour(.v4)), Target(.exec(["/bin/true"]))]).bytesPerMonth(isResting: false) == 0)
    }

    @Test(
        "a metered WAN costs less while it stands by, any other the same",
        arguments: [
            (false, ProbeSettings(), "683 MB a month"),
            (false, ProbeSettings(readiness: .off), "677 MB a month"),
            (true, ProbeSettings(readiness: .off), "22 MB a month standing by (749 kB a day), 677 MB if it carried all the time"),
            (
                true, ProbeSettings(readiness: ReadinessSettings(interval: .seconds(3600))),
                "23 MB a month standing by (783 kB a day), 677 MB if it carried all the time"
            ),
            (
                true, ProbeSettings(budget: 20_000_000, readiness: .off),
                "19 MB a month standing by (645 kB a day), 20 MB if it carried all the time"
            ),
        ] as [(Bool, ProbeSettings, String)])
    func sentence(isMetered: Bool, probe: ProbeSettings, text: String) throws {
        let name = try #require(WANName("a"))
        let interface = try #require(InterfaceName("eth0"))
        #expect(WANSettings(name: name, interface: interface, metric: 1, isMetered: isMetered, number: 1, probe: probe).cost == text)
    }

    @Test("a budget is kept, and slows down nothing that costs less", arguments: [1_000_000, 10_000_000, 100_000_000, 1_000_000_000])
    func budget(bytes: Int) {
        for targets in [ProbeSettings().targets, Self.targets] {
            let settings = ProbeSettings(targets: targets, budget: bytes)
            let unlimited = ProbeSettings(targets: targets)
            for isResting in [false, true] {
                let sizes = settings.sizeBytesPerMonth(isResting: false)
                let allSizes = unlimited.sizeBytesPerMonth(isResting: false)
                let cost = settings.bytesPerMonth(isResting: isResting) + settings.readinessBytesPerMonth + sizes
                let whole = unlimited.bytesPerMonth(isResting: isResting) + unlimited.readinessBytesPerMonth + allSizes
                let expected = min(Double(bytes), whole)
                // Long ones have their part of a budget, and it isn't more where all the rest is cheap.
                #expect(cost < expected + 1 && cost > expected - 1 - (allSizes - sizes))
                #expect(sizes < Double(bytes) * 0.05 + 1)
            }
            #expect(settings.factor(isResting: true) >= settings.factor(isResting: false) * (1 - 1e-12))
        }
    }

    @Test("the smallest budget is the one with which the first target is asked once an hour")
    func smallestBudget() {
        // 4 · 64 · 720, and a twentieth of the whole for long ones.
        #expect(ProbeSettings(readiness: .off).smallestBudget == 194_022)
        #expect((3599...3600).contains(ProbeSettings(budget: 194_022, readiness: .off).factor(isResting: false)))
        #expect(ProbeSettings(interval: .seconds(3600), meteredInterval: .seconds(3600), readiness: .off).smallestBudget == 194_022)
        #expect(ProbeSettings(targets: [.gateway], readiness: .off).smallestBudget == 46_080)
        // A quarter with proofs of readiness, which then come as seldom as that pays for; all that they want where that is less.
        #expect(ProbeSettings().smallestBudget == 245_760)
        #expect((3599...3600).contains(ProbeSettings(budget: 245_760).factor(isResting: false)))
        // 142 + 142 + 943 bytes of questions, and 178 to look up the page's host: thirty times a month; and the twentieth.
        #expect(ProbeSettings(readiness: ReadinessSettings(interval: .seconds(86_400))).smallestBudget == 238_390)
    }

    @Test(
        "a cost is said as far as a person compares it",
        arguments: [
            (0, "0 bytes"), (999.4, "999 bytes"), (1000, "1 kB"), (1049, "1 kB"), (1050, "1.1 kB"), (9949, "9.9 kB"), (9950, "10 kB"),
            (552_960, "553 kB"), (999_499, "999 kB"), (999_500, "1 MB"), (16_588_800, "17 MB"), (663_552_000, "664 MB"),
            (1_327_000_000, "1.3 GB"), (.nan, "?"), (.infinity, "?"),
        ] as [(Double, String)])
    func rough(bytes: Double, text: String) { #expect(roughSizeText(bytes) == text) }

    @Test(
        "a size is said exactly, as it stands in the file",
        arguments: [
            (0, "0 bytes"), (999, "999 bytes"), (1500, "1500 bytes"), (2000, "2kB"), (1_500_000, "1500kB"), (100_000_000, "100MB"),
            (3_000_000_000, "3GB"),
        ])
    func exact(bytes: Int, text: String) { #expect(sizeText(bytes) == text) }
}
