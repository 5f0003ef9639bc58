import FoundationEssentials
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
            "::/0 via fe80::1 dev eth0 proto ra metric 1024", "::/0 via fe80::1 dev eth0 table 8501 proto uplinkd metric 1024",
            "::/0 dev ppp0 proto uplinkd metric 1",
            "::/0 via 2001:db8::1 dev usb0 proto dhcp src 2001:db8::7 metric 2100 onlink pref high",
            "default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.7 metric 100 onlink mtu 1400 advmss 1360 initcwnd 20",
            "default via 192.0.2.1 dev eth0 proto dhcp metric 100 mtu lock 1400 rtt 800 features ecn congctl lock bbr",
            "::/0 via fe80::1 dev eth0 proto ra metric 1024 mtu 1480 hoplimit 64 pref high",
        ])
    func routeRoundTrip(text: String) throws {
        let route = try #require(Route(text))
        #expect(route.description == text)
    }

    @Test(
        "what isn't a default route is refused",
        arguments: [
            "", "default", "10.0.0.0/8 dev eth0", "default via 192.0.2.1", "default dev eth0 metric", "default dev eth0 metric x",
            "default via fe80::1 dev eth0", "::/0 via 192.0.2.1 dev eth0", "::/0 via fe80::1 dev eth0 src 192.0.2.1",
            "::/0 via fe80::1 dev eth0 pref best", "2000::/3 via fe80::1 dev eth0", "default via nonsense dev eth0",
            "default dev eth0 scope host", "default dev waytoolonginterface", "default dev eth0 mtu", "default dev eth0 mtu lock",
            "default dev eth0 mtu x", "default dev eth0 mtu -1", "default dev eth0 congctl a;b", "default dev eth0 features all",
        ])
    func badRoute(text: String) { #expect(Route(text) == nil) }

    @Test("of a route's metrics what isn't known, and 0, is none; locks past the last bit are none")
    func metrics() throws {
        var metrics = RouteMetrics()
        for number in [-1, 0, 16, 18, 99, Int.max] { metrics.set(number, to: 7) }
        metrics.set(2, to: 0)
        metrics.setCongestionAlgorithm("x\u{1b}[2J")
        #expect(metrics.isEmpty)
        metrics.set(1, to: .max)
        metrics.set(2, to: 1400)
        var route = try #require(Route("default via 192.0.2.1 dev eth0 proto dhcp metric 100"))
        let plain = route
        route.metrics = metrics
        #expect(route.description.contains(" mtu lock 1400 "))
        #expect(plain.metrics.isPart(of: route.metrics) && !route.metrics.isPart(of: plain.metrics))
    }

    @Test("an IPv6 route without a metric has the one that the kernel gives it")
    func noMetric() throws {
        #expect(try #require(Route("::/0 via fe80::1 dev eth0 proto ra")).metric == 1024)
        #expect(try #require(Route("default via 192.0.2.1 dev eth0 proto dhcp")).metric == 0)
        #expect(try #require(Route("::/0 dev ppp0 proto uplinkd")).family == .v6)
    }

    @Test(
        "a rule reads back from its own text",
        arguments: [
            "pref 8500 not fwmark 0x0/0xf000000 lookup main suppress_prefixlength 0 proto uplinkd",
            "-6 pref 8500 not fwmark 0x0/0xff lookup main suppress_prefixlength 0 proto uplinkd",
            "-6 pref 8501 fwmark 0x1000000/0xf000000 lookup 8501 proto uplinkd",
        ])
    func ruleRoundTrip(text: String) throws {
        let rule = try #require(Rule(text))
        #expect(rule.description == text)
        #expect(rule.family == (text.hasPrefix("-6") ? .v6 : .v4))
        #expect(rule.sparesDefaults == text.contains("not"))
    }

    @Test(
        "what isn't one of our two kinds of rule is refused",
        arguments: [
            "", "-6", "pref 8501 not fwmark 0x1/0xf lookup 8501 suppress_prefixlength 0 proto uplinkd",
            "pref 8500 not fwmark 0x0/0xf lookup main proto uplinkd",
            "pref 8501 fwmark 0x1/0xf lookup 8501 suppress_prefixlength 0 proto uplinkd",
            "pref 8501 fwmark 0x1/0xf lookup 8501 proto static", "-4 pref 8501 fwmark 0x1/0xf lookup 8501 proto uplinkd",
        ])
    func badRule(text: String) { #expect(Rule(text) == nil) }

    @Test(
        "an IPv6 prefix contains the addresses of its network",
        arguments: [
            ("2001:db8::7/64", "2001:db8::ffff:0:0:1", true), ("2001:db8::7/64", "2001:db8:0:1::7", false), ("::/0", "fe80::1", true),
            ("2001:db8::7/128", "2001:db8::7", true), ("2001:db8::7/128", "2001:db8::6", false), ("2001:db8::/127", "2001:db8::1", true),
            ("2001:db8::/127", "2001:db8::2", false), ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
            ("2001:db8::/65", "2001:db8:0:0:7fff::", true), ("2001:db8::/65", "2001:db8:0:0:8000::", false),
        ])
    func prefix6(text: String, address: String, isInside: Bool) throws {
        let prefix = try #require(IPv6Prefix(text))
        #expect(prefix.description == text)
        #expect(prefix.contains(try #require(IPv6Address(address))) == isInside)
    }

    @Test("a prefix that is too long is none", arguments: ["::/129", "::", "1.2.3.4/24", "::/x"])
    func badPrefix6(text: String) { #expect(IPv6Prefix(text) == nil) }

    @Test("a rule of old reads as ever")
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

@Suite("Interfaces in JSON")
struct InterfaceJSONTests {
    private static let old =
        #"{"addresses":["192.0.2.7/24"],"hasCarrier":true,"index":2,"isPointToPoint":false,"isUp":true,"name":"eth0","settings":{}}"#

    private func encoded(_ interface: Interface) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(interface), as: UTF8.self)
    }

    @Test("one from before IPv6 can be read, and is written as it was")
    func before() throws {
        let interface = try JSONDecoder().decode(Interface.self, from: Data(Self.old.utf8))
        #expect(interface.addresses6.isEmpty && interface.forwards6 == nil && interface.acceptsRA == nil)
        #expect(try encoded(interface) == Self.old)
    }

    @Test("what it has of IPv6 reads back")
    func after() throws {
        var interface = try JSONDecoder().decode(Interface.self, from: Data(Self.old.utf8))
        interface.addresses6 = [try #require(IPv6Prefix("2001:db8::7/64"))]
        interface.forwards6 = true
        interface.acceptsRA = 2
        let text = try encoded(interface)
        #expect(text.contains(#""acceptsRA":2,"addresses":["192.0.2.7/24"],"addresses6":["2001:db8::7/64"],"forwards6":true"#))
        #expect(try JSONDecoder().decode(Interface.self, from: Data(text.utf8)) == interface)
        #expect(interface.reachesBeyondLink6)
        interface.addresses6 = [try #require(IPv6Prefix("fe80::7/64"))]
        #expect(!interface.reachesBeyondLink6)
    }
}
