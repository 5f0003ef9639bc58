import Clients
import Model
import Testing

@Suite struct LANTableTests {
    @Test("dnsmasq's lease file: IPv4, IPv6, no name, other hardware, and what is no lease")
    func leases() {
        let text = """
            1764010000 02:00:5E:10:00:07 192.168.1.7 laptop 01:02:00:5e:10:00:07
            1764010000 02:00:5e:10:00:08 192.168.1.8 * *
            1764010000 06-02:00:5e:10:00:09 192.168.1.9 printer *
            duid 00:01:00:01:2c:00:00:00:02:00:5e:10:00:01
            1764010000 271828 fd00:1::7 laptop6 00:01:00:01
            0 02:00:5e:10:00:0a 192.168.1.10 \u{1b}[31mred *
            nonsense

            1764010000 02:00:5e:10:00:0b not-an-address x *
            """
        #expect(
            Leases.parse(text) == [
                Office.host(7): Lease(mac: Office.mac(7), name: "laptop"), Office.host(8): Lease(mac: Office.mac(8)),
                Office.host(9): Lease(name: "printer"), Office.address("fd00:1::7"): Lease(name: "laptop6"),
                Office.host(10): Lease(mac: Office.mac(10)),
            ])
    }

    @Test("addresses with one MAC are one client, IPv4 first, and a link-local address is left out beside others")
    func merged() {
        let table = LANTable(
            [
                Office.neighbour(7, .stale), Office.neighbour(7, address: Office.address("fd00:1::7")),
                Office.neighbour(7, address: Office.address("fe80::7")), Office.neighbour(9, address: Office.address("fe80::9")),
                Office.neighbour(30, .failed),
            ], leases: [Office.host(7): Lease(mac: Office.mac(7), name: "laptop")])
        #expect(
            table.clients([Office.address("10.20.0.5"), Office.host(7)]) == [
                LANClient(addresses: [Office.address("10.20.0.5")]),
                LANClient(
                    name: "laptop", mac: Office.mac(7), addresses: [Office.host(7), Office.address("fd00:1::7")], interface: Office.lan,
                    neighbour: .reachable),
                LANClient(
                    mac: Office.mac(9), addresses: [Office.address("fe80::9")], interface: Office.lan, neighbour: .reachable),
            ])
    }

    @Test("one that doesn't answer any more is still told by its lease, as long as it has sessions")
    func failed() {
        let table = LANTable([Office.neighbour(7, .failed)], leases: [Office.host(7): Lease(mac: Office.mac(7), name: "laptop")])
        #expect(table.clients([]) == [])
        #expect(
            table.clients([Office.host(7)]) == [
                LANClient(name: "laptop", mac: Office.mac(7), addresses: [Office.host(7)], interface: Office.lan, neighbour: .failed)
            ])
    }
}
