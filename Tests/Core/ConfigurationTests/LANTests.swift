import Configuration
import Model
import Testing

@Suite("What the LAN is given")
struct LANTests {
    private static func file(_ lan: String) -> String {
        "lan: {interfaces: [br0], \(lan)}\nwans:\n  telkom: {interface: eth0, metric: 1, gateway: 192.0.2.1}\n  smartfren: {interface: usb0, metric: 2}\n"
    }

    @Test("all of it is read")
    func whole() throws {
        let parsed = Configuration.parse(
            Self.file(
                "address: 10.77.0.1/24, ports: [eth1, eth2], "
                    + "dhcp: {range: 10.77.0.50-10.77.0.60, lease-time: 1h, domain: office.internal, hosts: "
                    + "[{mac: 02-00-5E-10-00-01, name: printer, address: 10.77.0.10}, {mac: \"02:00:5e:10:00:02\", name: till}]}, "
                    + "dns: {upstream: [192.0.2.53, \"2001:db8::53\"], names: [{name: nas, address: 10.77.0.9}]}"))
        #expect(parsed.problems == [])
        let (br0, eth1, eth2) = (InterfaceName("br0"), InterfaceName("eth1"), InterfaceName("eth2"))
        let expected = LANService(
            interface: try #require(br0), address: try #require(IPv4Prefix("10.77.0.1/24")), ports: [eth1, eth2].compactMap(\.self),
            pool: AddressRange("10.77.0.50-10.77.0.60"), leaseTime: .seconds(3600), domain: "office.internal",
            hosts: [
                LANHost(mac: "02:00:5e:10:00:01", name: "printer", address: IPv4Address("10.77.0.10")),
                LANHost(mac: "02:00:5e:10:00:02", name: "till", address: nil),
            ], upstream: ["192.0.2.53", "2001:db8::53"].compactMap { IPAddress($0) },
            names: [LANName(name: "nas", address: try #require(IPAddress("10.77.0.9")))])
        #expect(parsed.settings?.lanService == expected)
        #expect(Configuration.parse(Self.file("address: none")).settings?.lanService == nil)
        let plain = try #require(Configuration.parse(Self.file("address: 10.77.0.1/24")).settings)
        #expect(plain.lanService?.pool?.description == "10.77.0.100-10.77.0.249" && plain.lanService?.upstream == nil)
    }

    static let problems: [(String, [String])] = [
        (
            "address: 10.77.0.1",
            [
                "error: 'address' has to be 'none' or this box's own address and the length of the network's prefix, such as 10.77.0.1/24, not '10.77.0.1' | add the length of the network's prefix: '10.77.0.1/24'"
            ]
        ),
        (
            "address: 10.77.0.0/24",
            [
                "error: 'address' has to be 'none' or this box's own address and the length of the network's prefix, such as 10.77.0.1/24, not '10.77.0.0/24' | no host can have that address: write '10.77.0.1/24'"
            ]
        ),
        (
            "address: 10.77.0.1/30",
            [
                "error: 'address' has to be 'none' or this box's own address and the length of the network's prefix, such as 10.77.0.1/24, not '10.77.0.1/30' | a LAN has a prefix of 8 to 29 bits: 24 for up to 253 clients"
            ]
        ),
        (
            "address: \"fd00::1/64\"",
            [
                "error: 'address' has to be 'none' or this box's own address and the length of the network's prefix, such as 10.77.0.1/24, not 'fd00::1/64' | the LAN's own IPv6 addresses aren't given by uplinkd"
            ]
        ),
        (
            "dhcp: {range: auto}",
            ["error: 'lan.dhcp.range' needs 'lan.address' | give this box an address on the LAN, such as 'address: 10.77.0.1/24'"]
        ),
        (
            "address: 192.0.2.7/24",
            [
                "error: the LAN's network has the gateway of WAN 'telkom' in it, 192.0.2.1 | two networks can't have the same addresses: give the LAN another, such as '10.77.0.1/24'"
            ]
        ),
        (
            "address: 192.168.8.2/24",
            [
                "warning: many modems have the address 192.168.8.1, which is in the LAN's network | a WAN whose network is the LAN's doesn't work: '10.77.0.1/24' collides with hardly any"
            ]
        ),
        (
            "address: 10.77.0.1/24, ports: [eth0]",
            ["error: 'eth0' is the interface of WAN 'telkom' | a port of the LAN can't be a WAN as well"]
        ),
        (
            "address: 10.77.0.1/24, ports: [br0]",
            [
                "error: 'br0' is the LAN's interface, and can't be a port of itself | name the bridge in 'lan.interfaces', such as '[br0]', and its ports here"
            ]
        ),
        (
            "address: 10.77.0.1/24, dhcp: {range: 10.78.0.5-10.78.0.9}",
            ["error: '10.78.0.5-10.78.0.9' isn't inside the LAN's network | that has 10.77.0.1-10.77.0.254"]
        ),
        (
            "address: 10.77.0.1/24, dhcp: {range: 10.77.0.1-10.77.0.9}",
            ["error: '10.77.0.1-10.77.0.9' has this box's own address in it, 10.77.0.1 | such as '10.77.0.100-10.77.0.249'"]
        ),
        (
            "address: 10.77.0.1/24, dhcp: {range: 10.77.0.9-10.77.0.5}",
            [
                "error: 'range' has to be 'auto', 'none' or two addresses such as 10.77.0.100-10.77.0.249, not '10.77.0.9-10.77.0.5' | write the lower address first: '10.77.0.5-10.77.0.9'"
            ]
        ),
        (
            "address: 10.77.0.1/24, dhcp: {domain: office.local}",
            [
                "error: 'domain' has to be a name of DNS, not 'office.local' | 'local' belongs to multicast DNS (RFC 6762): write 'home.arpa' or 'internal'"
            ]
        ),
        (
            "address: 10.77.0.1/24, dhcp: {hosts: [{mac: \"02:00:5e:10:00:01\"}]}",
            ["error: '02:00:5e:10:00:01' has neither a name nor an address | give it one: '{mac: \"02:00:5e:10:00:01\", name: printer}'"]
        ),
        (
            "address: 10.77.0.1/24, dhcp: {hosts: [{mac: \"02:00:5e:10:00:01\", name: a.b}]}",
            [
                "error: 'name' has to be a name of 1 to 63 letters, digits and '-', not 'a.b' | leave out the domain, which is 'domain' for all of them"
            ]
        ),
        (
            "address: 10.77.0.1/24, dhcp: {hosts: [{mac: \"02:00:5e:10:00:01\", address: 10.78.0.9}]}",
            ["error: 10.78.0.9 isn't in the LAN's network | that has 10.77.0.1-10.77.0.254"]
        ),
        (
            "address: 10.77.0.1/24, dhcp: {hosts: [{mac: \"02:00:5e:10:00:01\", name: a}, {mac: \"02:00:5e:10:00:02\", name: A}]}",
            ["error: 'A' has the MAC, the name or the address of another host | the other one is on line 1"]
        ),
        (
            "address: 10.77.0.1/24, dhcp: {range: none, hosts: [{mac: \"02:00:5e:10:00:01\", name: a}]}",
            ["error: nobody gives these hosts their addresses: 'range' is 'none' | leave out 'hosts', or give a 'range'"]
        ),
        (
            "address: 10.77.0.1/24, dns: {upstream: []}",
            ["error: 'upstream' has to be a list of at least one value, but is empty | write 'wans' for the resolvers of each WAN"]
        ),
        (
            "address: 10.77.0.1/24, dns: {upstream: [dns.example]}",
            ["error: each of 'upstream' has to be the address of a host, not 'dns.example'"]
        ),
    ]

    @Test("what can't be is named, with what to write", arguments: problems)
    func wrong(lan: String, expected: [String]) {
        let found = Configuration.parse(Self.file(lan)).problems.map { problem in
            "\(problem.severity.rawValue): \(problem.message)" + (problem.hint.map { " | \($0)" } ?? "")
        }
        #expect(found == expected)
    }
}
