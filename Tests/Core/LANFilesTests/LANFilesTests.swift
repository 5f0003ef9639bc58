import LANFiles
import Model
import Testing

@Suite("What networkd and dnsmasq are told of the LAN")
struct LANFilesTests {
    private static func lan(_ ports: [String] = ["eth1", "eth2"], pool: String? = "10.77.0.100-10.77.0.249") throws -> LANService {
        LANService(
            interface: try #require(InterfaceName("br0")), address: try #require(IPv4Prefix("10.77.0.1/24")),
            ports: try ports.map { try #require(InterfaceName($0)) }, pool: pool.flatMap { AddressRange($0) },
            hosts: [
                LANHost(mac: "02:00:5e:10:00:01", name: "printer", address: IPv4Address("10.77.0.10")),
                LANHost(mac: "02:00:5e:10:00:02", name: nil, address: IPv4Address("10.77.0.11")),
                LANHost(mac: "02:00:5e:10:00:03", name: "laptop", address: nil),
            ],
            names: [
                LANName(name: "nas", address: try #require(IPAddress("10.77.0.9"))),
                LANName(name: "www.example.com", address: try #require(IPAddress("2001:db8::9"))),
            ])
    }

    private static let places = LANFiles.Places(
        configuration: "/var/lib/uplinkd-lan/dnsmasq.conf", leases: "/var/lib/leases", resolvers: "/run/uplinkd-lan/resolvers")

    @Test("dnsmasq has the pool, the hosts and the names, and whom to ask from a file of its own")
    func dnsmasq() throws {
        let file = LANFiles.dnsmasq(try Self.lan(), Self.places)
        #expect(file.path == "/var/lib/uplinkd-lan/dnsmasq.conf")
        let lines = file.body.split(separator: "\n").map(String.init)
        for line in [
            "interface=br0", "bind-dynamic", "resolv-file=/run/uplinkd-lan/resolvers", "domain=home.arpa",
            "dhcp-range=10.77.0.100,10.77.0.249,255.255.255.0,43200s", "dhcp-leasefile=/var/lib/leases",
            "dhcp-host=02:00:5e:10:00:01,printer,10.77.0.10", "dhcp-host=02:00:5e:10:00:02,10.77.0.11",
            "dhcp-host=02:00:5e:10:00:03,laptop",
            "host-record=router.home.arpa,router,10.77.0.1", "host-record=nas.home.arpa,nas,10.77.0.9",
            "host-record=www.example.com,2001:db8::9",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        let without = LANFiles.dnsmasq(try Self.lan(pool: nil), Self.places).body
        #expect(!without.contains("dhcp-"))
    }

    @Test("a bridge with its ports, or an interface alone")
    func networkd() throws {
        let files = LANFiles.networkd(try Self.lan(), folder: "/etc/systemd/network")
        #expect(
            files.map(\.path) == [
                "/etc/systemd/network/60-uplinkd-lan.netdev", "/etc/systemd/network/60-uplinkd-lan.network",
                "/etc/systemd/network/60-uplinkd-port-eth1.network", "/etc/systemd/network/60-uplinkd-port-eth2.network",
            ])
        #expect(files[0].body == "[NetDev]\nName=br0\nKind=bridge\n")
        #expect(files[1].body.contains("\nAddress=10.77.0.1/24\n") && files[1].body.contains("\nConfigureWithoutCarrier=yes\n"))
        #expect(files[2].body.contains("Name=eth1\n") && files[2].body.contains("\nBridge=br0\n"))
        #expect(LANFiles.networkd(try Self.lan([]), folder: "/x").map(\.path) == ["/x/60-uplinkd-lan.network"])
    }

    @Test("what we wrote, what somebody has changed since, and what was never ours")
    func found() {
        let file = LANFile(path: "/x", body: "a=1\nb=2\n")
        #expect(LANFile.found(nil) == .nothing)
        #expect(LANFile.found(file.text) == .ours)
        #expect(LANFile.found(LANFile(path: "/y", body: "").text) == .ours)
        for changed in [file.text + "c=3\n", file.text.replacing("b=2", with: "b=3"), file.text.replacing("Sum ", with: "Sum 0")] {
            #expect(LANFile.found(changed) == .changedByHand, "\(changed)")
        }
        for other in ["", "a=1\nb=2\n", "# Written by somebody\n"] { #expect(LANFile.found(other) == .somebodyElses, "\(other)") }
    }

    static let lists: [(carrying: String?, telkom: [String], smartfren: [String], expected: [String])] = [
        ("telkom", ["192.0.2.53", "192.0.2.54"], ["198.51.100.53"], ["192.0.2.53", "192.0.2.54"]),
        // As many as the longest list has: dnsmasq would drop what it is asking of those that go.
        ("smartfren", ["192.0.2.53", "192.0.2.54"], ["198.51.100.53"], ["198.51.100.53", "198.51.100.53"]),
        ("smartfren", ["192.0.2.53"], [], ["1.1.1.1", "9.9.9.9"]),
        ("telkom", ["192.0.2.53"], [], ["192.0.2.53", "192.0.2.53"]),
        (nil, ["192.0.2.53"], ["198.51.100.53"], ["1.1.1.1", "9.9.9.9"]),
    ]

    @Test("the WAN that carries is asked alone, by as many lines whichever it is", arguments: lists)
    func resolvers(carrying: String?, telkom: [String], smartfren: [String], expected: [String]) {
        let wans = [("telkom", telkom), ("smartfren", smartfren)].map {
            ResolverList.WAN(name: $0.0, resolvers: $0.1.compactMap { IPAddress($0) })
        }
        let list = ResolverList(carrying: carrying, wans: wans, given: nil)
        #expect(list.servers.map(\.description) == expected)
        #expect(list.text == expected.map { "nameserver \($0)\n" }.joined())
        #expect(ResolverList(carrying: carrying, wans: wans, given: [.v4(IPv4Address(bits: 1))]).servers.map(\.description) == ["0.0.0.1"])
    }

    static let pools: [(String, String?)] = [
        ("10.77.0.1/24", "10.77.0.100-10.77.0.249"), ("10.77.0.254/24", "10.77.0.99-10.77.0.248"),
        ("10.77.0.1/29", "10.77.0.2-10.77.0.6"), ("10.77.0.6/29", "10.77.0.1-10.77.0.5"),
        ("10.77.0.1/16", "10.77.255.100-10.77.255.249"), ("10.77.0.0/24", nil),
    ]

    @Test("the pool never has our own address in it", arguments: pools)
    func pool(address: String, expected: String?) throws {
        let prefix = try #require(IPv4Prefix(address))
        #expect(prefix.standardPool?.description == expected)
        #expect(prefix.standardPool.map { $0.contains(prefix.address) } != true)
    }
}
