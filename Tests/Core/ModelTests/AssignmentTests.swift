import Model
import Testing

@Suite("Which interface a WAN means")
struct AssignmentTests {
    private let telkom: WANName
    private let smartfren: WANName

    init() throws {
        telkom = try #require(WANName("telkom"))
        smartfren = try #require(WANName("smartfren"))
    }

    private func name(_ text: String) throws -> InterfaceName { try #require(InterfaceName(text)) }

    private func device(
        _ text: String, _ index: UInt32, also: [String] = [], mac: String? = nil, _ hardware: Hardware = Hardware(), kind: String? = nil,
        port: String? = nil, isStacked: Bool = false, isReady: Bool = true
    ) throws -> Device {
        Device(
            name: try name(text), index: index, alternativeNames: also, mac: mac, hardware: hardware, kind: kind,
            master: try port.map(name), isStacked: isStacked, isReady: isReady)
    }

    private func settings(_ match: InterfaceMatch, telkom line: String = "eth0", lan: [String] = ["br0"]) throws -> Settings {
        Settings(
            lan: try lan.map(name),
            wans: [
                WANSettings(name: telkom, interface: try name(line), metric: 1, number: 1),
                WANSettings(name: smartfren, interface: .unmatched(2), match: match, metric: 2, number: 2),
            ])
    }

    private func meant(_ settings: Settings, _ devices: [Device]) -> String? {
        settings.assigned(among: devices)[smartfren]?.knownInterface?.description
    }

    @Test(
        "what is given has to fit, all of it",
        arguments: [
            (InterfaceMatch(path: "pci-0000:00:14.0-usb-0:2:1.0"), "one"), (InterfaceMatch(path: "pci-0000:00:14.0-usb-0:3:1.0"), "two"),
            (InterfaceMatch(serial: "A1"), "one"), (InterfaceMatch(mac: "02:00:00:00:00:02"), "two"),
            (InterfaceMatch(mac: "02:00:00:00:00:99"), "one"),
            (InterfaceMatch(serial: "A1", mac: "02:00:00:00:00:02"), nil),
            (InterfaceMatch(vendor: "12d1", product: "14db", driver: "qmi_wwan"), "two"),
            (InterfaceMatch(name: "o*"), "one"), (InterfaceMatch(name: "enx*"), "two"), (InterfaceMatch(name: "*"), nil),
            (InterfaceMatch(name: "one"), "one"), (InterfaceMatch(name: "on"), nil), (InterfaceMatch(vendor: "12d1"), nil),
        ] as [(InterfaceMatch, String?)])
    func fits(_ match: InterfaceMatch, _ expected: String?) throws {
        var one = try device(
            "one", 3, mac: "02:00:00:00:00:01",
            Hardware(
                path: "pci-0000:00:14.0-usb-0:2:1.0", serial: "A1", vendor: "12d1", product: "14db", driver: "cdc_ether", isUSB: true))
        one.permanentMAC = "02:00:00:00:00:99"
        let two = try device(
            "two", 4, also: ["enx020000000002"], mac: "02:00:00:00:00:02",
            Hardware(path: "pci-0000:00:14.0-usb-0:3:1.0", serial: "A2", vendor: "12d1", product: "14db", driver: "qmi_wwan", isUSB: true))
        #expect(try meant(settings(match), [one, two]) == expected)
    }

    @Test("a bridge has the MAC of its port, and neither is meant by it; nor is a VLAN, but by its name")
    func stacked() throws {
        let mac = "02:00:00:00:00:05"
        let port = try device("eth5", 5, mac: mac, port: "br5")
        let bridge = try device("br5", 6, mac: mac, kind: "bridge", isStacked: true)
        let vlan = try device("eth6.100", 7, mac: mac, kind: "vlan", isStacked: true)
        let plain = try device("eth6", 8, mac: mac)
        #expect(try meant(settings(InterfaceMatch(mac: mac)), [port, bridge, vlan]) == nil)
        #expect(try meant(settings(InterfaceMatch(mac: mac)), [port, bridge, vlan, plain]) == "eth6")
        #expect(try meant(settings(InterfaceMatch(name: "eth6.*")), [port, bridge, vlan, plain]) == "eth6.100")
        #expect(try meant(settings(InterfaceMatch(name: "br*", mac: mac)), [port, bridge, vlan, plain]) == "br5")
        let loopback = Device(name: try name("lo"), index: 1, isLoopback: true)
        #expect(try meant(settings(InterfaceMatch(name: "l*")), [loopback]) == nil)
    }

    @Test("of several none is taken, and what is in use stays in use")
    func several() throws {
        let wanted = InterfaceMatch(driver: "cdc_ether")
        let one = try device("one", 3, Hardware(driver: "cdc_ether"))
        let two = try device("two", 4, Hardware(driver: "cdc_ether"))
        let settings = try settings(wanted)
        #expect(Assignment(settings, among: [two, one]).wans[smartfren] == .several([one.name, two.name], used: nil))
        #expect(meant(settings, [one, two]) == nil)
        let running = settings.assigned(among: [two])
        #expect(Assignment(running, among: [one, two]).wans[smartfren] == .several([one.name, two.name], used: two))
        #expect(meant(running, [one, two]) == "two")
        // The other one is pulled out, and then this one.
        #expect(meant(running, [two]) == "two")
        #expect(meant(running, [one]) == "one")
    }

    @Test("the LAN's interface and another WAN's are nobody else's, also by another name")
    func taken() throws {
        let line = try device("eth0", 3, also: ["enp3s0"], Hardware(driver: "e1000"))
        let lan = try device("br0", 4, also: ["inside"], kind: "bridge", isStacked: true)
        let any = try settings(InterfaceMatch(driver: "e1000"), telkom: "enp3s0")
        #expect(Assignment(any, among: [line, lan]).wans[smartfren] == .taken(line.name, by: telkom))
        #expect(any.assigned(among: [line, lan])[telkom]?.interface == line.name)
        let inside = try settings(InterfaceMatch(name: "inside"), lan: ["inside"])
        #expect(inside.assigned(among: [line, lan]).lan == [lan.name])
        #expect(Assignment(inside, among: [line, lan]).wans[smartfren] == .taken(lan.name, by: nil))
        // Another one that fits is free.
        let other = try device("eth7", 7, Hardware(driver: "e1000"))
        #expect(meant(any, [line, lan, other]) == "eth7")
    }

    @Test("a name means what is called so, before what is also called so")
    func names() throws {
        let exact = try device("eth0", 9)
        let also = try device("eth1", 3, also: ["eth0"])
        #expect(try settings(InterfaceMatch(serial: "-")).assigned(among: [also, exact])[telkom]?.interface == exact.name)
        #expect(try settings(InterfaceMatch(serial: "-")).assigned(among: [also])[telkom]?.interface == also.name)
        #expect(try settings(InterfaceMatch(serial: "-")).assigned(among: [])[telkom]?.interface == exact.name)
    }

    @Test("while it is gone it keeps its name, unless another interface has that now")
    func gone() throws {
        let stick = try device("usb0", 3, Hardware(serial: "A1"))
        let other = try device("usb0", 4, Hardware(serial: "A2"))
        let running = try settings(InterfaceMatch(serial: "A1")).assigned(among: [stick])
        #expect(meant(running, []) == "usb0")
        #expect(meant(running, [other]) == nil)
        let renamed = try device("wwan7", 5, Hardware(serial: "A1"))
        #expect(meant(running, [other, renamed]) == "wwan7")
        // Another WAN's name in the file.
        var taken = running
        taken.wans[0].given = stick.name
        taken.wans[0].interface = stick.name
        #expect(meant(taken, []) == nil)
    }

    @Test("what udev hasn't finished with is nobody's")
    func unready() throws {
        let coming = try device("eth0", 3, Hardware(serial: "A1"), isReady: false)
        let assignment = Assignment(try settings(InterfaceMatch(serial: "A1")), among: [coming])
        #expect(assignment.wans[telkom] == .unready(coming.name))
        #expect(assignment.wans[smartfren] == .unready(coming.name))
    }

    @Test("what can be pulled out is known by a match, or is USB")
    func removable() throws {
        let line = try device("eth0", 3)
        let stick = try device("eth0", 3, Hardware(isUSB: true))
        let settings = try settings(InterfaceMatch(serial: "A1"))
        #expect(settings.assigned(among: [line])[telkom]?.isRemovable == false)
        let running = settings.assigned(among: [stick])
        #expect(running[telkom]?.isRemovable == true)
        #expect(running.assigned(among: [])[telkom]?.isRemovable == true)
        #expect(running[smartfren]?.isRemovable == true)
    }

    @Test("a reload that means the same goes on by the same interface")
    func reload() throws {
        let one = try device("one", 3, Hardware(driver: "cdc_ether"))
        let two = try device("two", 4, Hardware(driver: "cdc_ether"))
        let wanted = InterfaceMatch(driver: "cdc_ether")
        let running = try settings(wanted).assigned(among: [two])
        #expect(try meant(settings(wanted).keepingInterfaces(of: running), [one, two]) == "two")
        #expect(try meant(settings(InterfaceMatch(driver: "cdc*")).keepingInterfaces(of: running), [one, two]) == nil)
    }

    @Test(
        "each star is any text",
        arguments: [
            ("enx0c5b", "enx*", true), ("enx", "enx*", true), ("en", "enx*", false), ("wwan0", "*0", true), ("wwan01", "*0", false),
            ("a-b-c", "a*b*c", true), ("aXbXbXc", "a*bXc", true), ("", "*", true), ("x", "", false), ("eth0", "eth0", true),
            ("aab", "*ab", true),
        ])
    func patterns(_ text: String, _ pattern: String, _ fits: Bool) throws {
        let device = Device(name: try name("zz9"), index: 3, alternativeNames: [text])
        #expect(InterfaceMatch(name: pattern).fits(device) == fits)
    }

    @Test("what is written down of an interface follows its name, also when two swap theirs")
    func undo() throws {
        let (a, b, c) = (try name("a"), try name("b"), try name("c"))
        let route = Route(gateway: IPAddress("192.0.2.1"), interface: a, routeProtocol: 16, metric: 100)
        let undo = Undo(settings: [a: [.forwarding: 0], b: [.reversePathFilter: 1]], displaced: [route])
        let moved = undo.renamed([a: c])
        #expect(moved.settings == [c: [.forwarding: 0], b: [.reversePathFilter: 1]])
        #expect(moved.displaced.map(\.interface) == [c])
        #expect(undo.renamed([a: b, b: a]).settings == [b: [.forwarding: 0], a: [.reversePathFilter: 1]])
        // What is known of the one that had the name before is of no use to this one.
        #expect(undo.renamed([a: b]).settings == [b: [.forwarding: 0]])
    }
}
