import Model
import Testing

@testable import Survey

@Suite("What DHCP clients and the resolver's file say")
struct DHCPLeasesTests {
    private func dhclient(_ text: String, of interface: String = "eth0") throws -> [String] {
        DHCPLeases.dhclient(text, of: try #require(InterfaceName(interface))).map { "\($0.address) by \($0.gateway)" }
    }

    private func lease(_ body: String, interface: String = "eth0", address: String = "192.0.2.7") -> String {
        "lease {\n  interface \"\(interface)\";\n  fixed-address \(address);\n  \(body)\n  expire 2 2026/12/01 04:52:00;\n}\n"
    }

    @Test("the router of each lease of that interface, in the order of the file; of several routers the first")
    func routers() throws {
        let text =
            "default-duid \"\\000\\001\";\n" + lease("option routers 192.0.2.1,192.0.2.2;")
            + lease("option routers 198.51.100.1;", interface: "usb0", address: "198.51.100.7") + lease("option routers 192.0.2.254;")
        #expect(try dhclient(text) == ["192.0.2.7 by 192.0.2.1", "192.0.2.7 by 192.0.2.254"])
        #expect(try dhclient(text, of: "usb0") == ["198.51.100.7 by 198.51.100.1"])
        #expect(try dhclient(text, of: "eth1") == [])
    }

    @Test(
        "classless routes count alone where there are any",
        arguments: [
            ("24,10,0,5,192,0,2,9,0,192,0,2,3", ["192.0.2.7 by 192.0.2.3"]), ("0,192,0,2,3", ["192.0.2.7 by 192.0.2.3"]),
            ("24,10,0,5,192,0,2,9", []), ("24,10,0", []), ("33,1,2,3,4,5,6,7,8,9", []), ("0,192,0,2,300", []), ("", []),
        ])
    func classless(routes: String, expected: [String]) throws {
        #expect(try dhclient(lease("option routers 192.0.2.1; option rfc3442-classless-static-routes \(routes);")) == expected)
    }

    @Test(
        "nothing else is taken for a lease, and nothing in quotes for anything",
        arguments: [
            "lease { interface \"eth0\"; fixed-address 192.0.2.7; option routers 192.0.2.1;",
            "lease { interface \"eth0\"; fixed-address 192.0.2.7; }",
            "lease { interface eth; fixed-address 192.0.2.7; option routers 192.0.2.1; }",
            "lease { fixed-address 192.0.2.7; option routers 192.0.2.1; }", "lease { interface \"eth0\"; option routers 192.0.2.1; }",
            "lease { interface \"eth0\"; fixed-address 192.0.2.7; option routers 0.0.0.0; }",
            "lease { interface \"eth0\"; fixed-address 192.0.2.7; option routers nobody.example; }",
            "lease6 { lease { interface \"eth0\"; fixed-address 192.0.2.7; option routers 192.0.2.1; } }",
            "# lease { interface \"eth0\"; fixed-address 192.0.2.7; option routers 192.0.2.1; }",
            "\"lease { interface \\\"eth0\\\"; fixed-address 192.0.2.7; option routers 192.0.2.1; }", "lease", "lease {", "}", "\"", "{{{{",
            "",
        ])
    func odd(text: String) throws {
        #expect(try dhclient(text) == [])
        let whole = lease("option domain-name \"} lease { \\\"; option routers 10.9.9.9;\"; option routers 192.0.2.1;")
        // What nothing closes goes on to the end.
        #expect(try dhclient("\(whole)\n\(text)") == ["192.0.2.7 by 192.0.2.1"])
    }

    @Test("of a file that has grown for years the last leases, in no more time than it takes to read it")
    func long() throws {
        let text = String(repeating: lease("option routers 192.0.2.1;"), count: 5000) + lease("option routers 192.0.2.254;")
        let found = try dhclient(text)
        #expect(found.count == 8)
        #expect(found.last == "192.0.2.7 by 192.0.2.254")
        #expect(try dhclient("lease { option x " + String(repeating: "a,", count: 200_000)) == [])
    }

    @Test(
        "systemd-networkd's file",
        arguments: [
            ("# private\nADDRESS=192.0.2.7\nNETMASK=255.255.255.0\nROUTER=192.0.2.1 192.0.2.2\n", ["192.0.2.7 by 192.0.2.1"]),
            (
                "ADDRESS=192.0.2.7\nROUTER=192.0.2.1\nCLASSLESS_ROUTES=10.0.0.0/24,192.0.2.9 0.0.0.0/0,192.0.2.3\n",
                ["192.0.2.7 by 192.0.2.3"]
            ),
            ("ADDRESS=192.0.2.7\nROUTER=192.0.2.1\nCLASSLESS_ROUTES=10.0.0.0/24,192.0.2.9\n", []),
            ("ADDRESS=192.0.2.7\n", []), ("ROUTER=192.0.2.1\n", []), ("ADDRESS=\nROUTER=\n=\n", []), ("ADDRESS=x\nROUTER=192.0.2.1", []),
        ])
    func networkd(text: String, expected: [String]) {
        #expect(DHCPLeases.networkd(text).map { "\($0.address) by \($0.gateway)" } == expected)
    }

    @Test(
        "whom a resolv.conf names, as the C library takes it",
        arguments: [
            ("nameserver 10.0.0.53\nnameserver\t2001:db8::53 # second\n", ["10.0.0.53", "2001:db8::53"]),
            ("# nameserver 10.0.0.1\n; nameserver 10.0.0.2\n nameserver 10.0.0.3\nnameservers 10.0.0.4\n", []),
            (
                "nameserver 10.0.0.1\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4",
                ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
            ),
            ("nameserver\nnameserver x\nnameserver fe80::1%eth0\nnameserver 010.0.0.1\n", []), ("", []),
        ])
    func nameservers(text: String, expected: [String]) {
        #expect(Nameservers.parse(text).map(\.description) == expected)
    }
}
