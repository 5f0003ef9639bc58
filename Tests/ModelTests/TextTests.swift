import Model
import Testing

@Suite("The text of model values")
struct TextTests {
    @Test(
        "a route reads back from its own text",
        arguments: [
            "default via 192.0.2.1 dev eth0 proto dhcp metric 100", "default via 192.0.2.1 dev eth0 proto uplinkd metric 1",
            "default via 192.0.2.1 dev eth0 table 8501 proto uplinkd", "default dev ppp0 proto static scope link",
            "default via 192.0.2.1 dev usb0 proto 77 src 192.0.2.7 metric 2100 onlink",
        ])
    func routeRoundTrip(text: String) throws {
        let route = try #require(Route(text))
        #expect(route.description == text)
    }

    @Test(
        "what isn't a default route is refused",
        arguments: [
            "", "default", "10.0.0.0/8 dev eth0", "default via 192.0.2.1", "default dev eth0 metric", "default dev eth0 metric x",
            "default via nonsense dev eth0", "default dev eth0 scope host", "default dev waytoolonginterface",
        ])
    func badRoute(text: String) { #expect(Route(text) == nil) }

    @Test("a rule reads back from its own text")
    func rule() throws {
        let rule = Rule(priority: 8501, mark: 0x100_0000, mask: 0xf00_0000, table: 8501)
        #expect(rule.description == "pref 8501 fwmark 0x1000000/0xf000000 lookup 8501 proto uplinkd")
        #expect(Rule(rule.description) == rule)
        #expect(Rule("pref 8501 fwmark 1/2 lookup 8501 proto uplinkd") == nil)
    }

    @Test(
        "addresses are dotted quads and nothing else",
        arguments: [
            ("1.2.3.4", true), ("255.255.255.255", true), ("0.0.0.0", true), ("1.2.3", false), ("1.2.3.4.5", false), ("256.1.1.1", false),
            ("01.2.3.4", false), ("1.2.3.-4", false), ("1.2.3.+4", false), ("", false), ("1.2.3.4 ", false), ("a.b.c.d", false),
        ])
    func address(text: String, isAddress: Bool) {
        #expect((IPv4Address(text) != nil) == isAddress)
        if isAddress { #expect(IPv4Address(text)?.description == text) }
    }

    @Test("a prefix knows what is in its network")
    func prefix() throws {
        let prefix = try #require(IPv4Prefix("192.0.2.7/25"))
        #expect(prefix.contains(try #require(IPv4Address("192.0.2.1"))))
        #expect(!prefix.contains(try #require(IPv4Address("192.0.2.129"))))
        #expect(try #require(IPv4Prefix("0.0.0.0/0")).contains(try #require(IPv4Address("8.8.8.8"))))
        #expect(!(try #require(IPv4Prefix("192.0.2.7/32")).contains(try #require(IPv4Address("192.0.2.6")))))
        #expect(IPv4Prefix("192.0.2.7/33") == nil)
    }

    @Test(
        "interface names follow the kernel's rule, less what iptables reads as a pattern",
        arguments: [
            ("eth0", true), ("br-lan.10", true), ("123456789012345", true), ("1234567890123456", false), ("", false), ("..", false),
            ("a/b", false), ("a b", false), ("eth+", false), ("a:1", false), ("eth\u{e9}", false),
        ])
    func interfaceName(text: String, isName: Bool) { #expect((InterfaceName(text) != nil) == isName) }

    @Test(
        "WAN names need no quoting",
        arguments: [("telkom", true), ("isp-2_b", true), ("", false), ("-x", false), ("a b", false), ("a\"", false)])
    func wanName(text: String, isName: Bool) { #expect((WANName(text) != nil) == isName) }
}
