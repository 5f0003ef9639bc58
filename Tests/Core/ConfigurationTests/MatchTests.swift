import Configuration
import Model
import Testing

@Suite("What a WAN's interface is known by")
struct MatchTests {
    private static func file(_ wan: String) -> String {
        "lan: {interfaces: [br0]}\nwans:\n  telkom: {interface: eth0, metric: 1}\n  smartfren: {metric: 2, \(wan)}\n"
    }

    @Test("all of it is read, in the kernel's spelling")
    func whole() throws {
        let text = Self.file(
            "match: {path: \"pci-0000:00:14.0-usb-0:2:1.0\", serial: A 1, vendor: 0x12D1, product: \"0424\", driver: cdc_ether, mac: 0C-5B-8F-27-9A-64, name: \"enx*\"}"
        )
        let parsed = Configuration.parse(text)
        #expect(parsed.problems == [])
        let wan = try #require(parsed.settings?.wans.last)
        #expect(
            wan.match
                == InterfaceMatch(
                    name: "enx*", path: "pci-0000:00:14.0-usb-0:2:1.0", serial: "A 1", vendor: "12d1", product: "0424", driver: "cdc_ether",
                    mac: "0c:5b:8f:27:9a:64"))
        #expect(wan.knownInterface == nil && wan.interface != parsed.settings?.wans.first?.interface)
        let same = Configuration.parse(text).settings
        #expect(same.flatMap { parsed.settings?.changes(to: $0) } == [])
        let other = try #require(Configuration.parse(Self.file("match: {serial: B}")).settings)
        let named = try #require(Configuration.parse(Self.file("interface: usb0")).settings)
        #expect(other.changes(to: named) == ["wans.smartfren.interface: {serial B} is now usb0"])
    }

    static let wrong: [(String, [String])] = [
        ("match: {}", ["4:26: 'match' says nothing that an interface could be known by"]),
        ("match: {mac: 0c:5b}", ["4:39: 'mac' has to be a MAC address such as 02:00:5e:10:00:01, not '0c:5b'"]),
        ("match: {vendor: \"12d1:14db\"}", ["4:42: 'vendor' has to be four hexadecimal digits, not '12d1:14db'"]),
        ("match: {product: 424}", ["4:43: 'product' has to be four hexadecimal digits, not '424'"]),
        ("match: {name: a/b}", ["4:40: 'name' has to be the name of a network interface, with '*' for any text, not 'a/b'"]),
        ("match: {drivr: x}", ["4:34: unknown key 'drivr'"]),
        (
            "match: cdc_ether",
            [
                "4:33: 'match' has to be a mapping with the keys 'name', 'path', 'serial', 'vendor', 'product', 'driver' and 'mac', not 'cdc_ether'"
            ]
        ),
        ("interface: usb0, match: {serial: x}", ["4:37: 'interface' and 'match' are both given in 'smartfren'"]),
        ("mtch: {serial: x}", ["4:26: unknown key 'mtch'"]),
        ("interface: 192.168.1.1", ["4:37: 'interface' has to be the name of a network interface, not '192.168.1.1'"]),
        ("interface: \"enx*\"", ["4:37: 'interface' has to be the name of a network interface, not 'enx*'"]),
        ("interface: wan0.100@phys0", ["4:37: 'interface' has to be the name of a network interface, not 'wan0.100@phys0'"]),
    ]

    @Test("what is wrong is said once", arguments: wrong)
    func mistakes(_ wan: String, _ expected: [String]) {
        let parsed = Configuration.parse(Self.file(wan))
        #expect(parsed.settings == nil)
        #expect(parsed.problems.map { "\($0.line):\($0.column): \($0.message)" } == expected)
        if wan.contains("@") { #expect(parsed.problems.first?.hint?.contains("write 'wan0.100'") == true) }
    }

    private static func devices() throws -> [Device] {
        func name(_ text: String) throws -> InterfaceName { try #require(InterfaceName(text)) }
        return [
            Device(name: try name("lo"), index: 1, isLoopback: true),
            Device(name: try name("eth0"), index: 2, alternativeNames: ["enp3s0"], hardware: Hardware(driver: "r8169")),
            Device(name: try name("eth1"), index: 3, hardware: Hardware(driver: "r8169"), master: try name("br0")),
            Device(name: try name("br0"), index: 4, kind: "bridge", isStacked: true),
            Device(name: try name("usb0"), index: 5, hardware: Hardware(serial: "A", driver: "cdc_ether", isUSB: true)),
            Device(name: try name("usb1"), index: 6, hardware: Hardware(serial: "B", driver: "cdc_ether", isUSB: true)),
        ]
    }

    private static let rest =
        "in use: lo (loopback), eth0 (telkom's), eth1 (a port of br0), br0 (the LAN's). `uplinkctl interfaces` says more"

    static let warned: [(String, String?)] = [
        ("interface: usb0", nil), ("match: {serial: A}", nil),
        ("interface: ether1", "there is no interface 'ether1' on this box | free is usb0 (cdc_ether), usb1 (cdc_ether); \(rest)"),
        ("match: {serial: C}", "no interface on this box has serial C | free is usb0 (cdc_ether), usb1 (cdc_ether); \(rest)"),
        (
            "match: {driver: cdc_ether}",
            "'usb0' and 'usb1' fit WAN 'smartfren', and which one is meant nobody can tell | add what tells them apart, such as the path; `uplinkctl interfaces` has it"
        ),
        (
            "interface: enp3s0",
            "'eth0' is what WAN 'smartfren' means, and belongs to WAN 'telkom' | each WAN has an interface of its own; `uplinkctl interfaces` lists them"
        ),
    ]

    @Test("what isn't there is a warning with what there is, and why not the others", arguments: warned)
    func missing(_ wan: String, _ expected: String?) throws {
        let parsed = Configuration.parse(Self.file(wan), devices: try Self.devices())
        #expect(parsed.settings != nil)
        #expect(parsed.problems.map { "\($0.message) | \($0.hint ?? "")" } == (expected.map { [$0] } ?? []))
        #expect(parsed.problems.allSatisfy { !$0.isError && $0.line == 4 })
        #expect(Configuration.parse(Self.file(wan)).problems == [])
    }

    @Test("a bridge's port, and a LAN that isn't there")
    func lan() throws {
        let text = "lan: {interfaces: [br7]}\nwans: {telkom: {interface: eth0, metric: 1}, smartfren: {interface: eth1, metric: 2}}\n"
        let found = Configuration.parse(text, devices: try Self.devices()).problems.map { "\($0.line): \($0.message)" }
        #expect(found == ["1: there is no interface 'br7' on this box", "2: 'eth1' is a port of 'br0', so its traffic is that of 'br0'"])
    }
}
