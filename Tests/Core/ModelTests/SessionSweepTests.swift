import Model
import Testing

@Suite struct SessionSweepTests {
    static let mark: UInt32 = 0x0200_0000
    static let mask: UInt32 = 0x0f00_0000
    static let classes = [
        SessionClass(transport: 6, ports: [22...22]), SessionClass(transport: 17, ports: [500...500, 5060...5061]),
        SessionClass(transport: 47),
    ]

    static var texts: [(scope: SessionSweep.Scope, text: String)] {
        [
            (.wan(mark: mark, mask: mask, addresses: []), "conntrack -D --mark 0x2000000/0xf000000"),
            (
                .wan(mark: mark, mask: mask, addresses: ["100.64.1.2", "2001:db8::2"].compactMap { IPAddress($0) }),
                """
                conntrack -D --mark 0x2000000/0xf000000
                conntrack -D --reply-dst 100.64.1.2 --mark 0x0/0xf000000
                conntrack -D --reply-dst 2001:db8::2 --mark 0x0/0xf000000
                """
            ),
            (
                .classes(classes, mark: mark, mask: mask),
                """
                conntrack -D --mark 0x2000000/0xf000000 --src-nat -p tcp --orig-port-dst 22
                conntrack -D --mark 0x2000000/0xf000000 --src-nat -p udp --orig-port-dst 500
                conntrack -D --mark 0x2000000/0xf000000 --src-nat -p udp --orig-port-dst 5060 # to 5061
                conntrack -D --mark 0x2000000/0xf000000 --src-nat -p 47
                """
            ),
            (.classes([], mark: mark, mask: mask), ""),
            (
                .only(.v6, .wan(mark: mark, mask: mask, addresses: ["100.64.1.2", "2001:db8::2"].compactMap { IPAddress($0) })),
                """
                conntrack -D -f ipv6 --mark 0x2000000/0xf000000
                conntrack -D -f ipv6 --reply-dst 2001:db8::2 --mark 0x0/0xf000000
                """
            ),
            (.only(.v4, .allBut([], mark: mark, mask: mask)), "conntrack -D -f ipv4 --mark 0x2000000/0xf000000 --src-nat"),
            (
                .allBut(Array(classes.suffix(2)), mark: mark, mask: mask),
                "conntrack -D --mark 0x2000000/0xf000000 --src-nat # but not -p udp --orig-port-dst 500, -p udp --orig-port-dst 5060 to 5061, -p 47"
            ),
            (.allBut([], mark: mark, mask: mask), "conntrack -D --mark 0x2000000/0xf000000 --src-nat"),
            (
                .unmasqueraded(
                    .v6, lan: ["br0", "br1"].compactMap { InterfaceName($0) }, wans: ["eth0", "usb0"].compactMap { InterfaceName($0) },
                    mask: mask),
                "conntrack -D -f ipv6 # without SNAT, from br0 or br1 by eth0 or usb0"
            ),
            (
                .strayed(
                    .v4, lan: ["br0"].compactMap { InterfaceName($0) }, wans: ["eth0", "usb0"].compactMap { InterfaceName($0) }, mask: mask),
                "conntrack -D -f ipv4 --mark 0x0/0xf000000 # without SNAT, from br0 by eth0 or usb0"
            ),
        ]
    }

    @Test("a sweep's text is the commands that do the same", arguments: texts)
    func text(_ scope: SessionSweep.Scope, _ text: String) { #expect(SessionSweep(id: 7, scope: scope).description == text) }
}
