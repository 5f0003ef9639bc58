@testable import Configuration
import Model
import Testing

@Suite struct TargetTests {
    static func address(_ text: String) -> IPAddress { IPAddress(text) ?? .v4(IPv4Address(bits: 0)) }
    static let cloudflare = address("1.1.1.1")
    static let quad = Question.Place.address(address("9.9.9.9"))

    static let accepted: [(String, Target)] = [
        ("gateway", .gateway), ("1.1.1.1", Target(.echo(.address(cloudflare)))),
        ("2606:4700:4700::1111", Target(.echo(.address(address("2606:4700:4700::1111"))))),
        ("{kind: icmp, address: gateway}", .gateway),
        (
            "{kind: icmp, address: \"2606:4700:4700:0::1111\", interval: 5s, timeout: 2s}",
            Target(.echo(.address(address("2606:4700:4700::1111"))), interval: .seconds(5), timeout: .seconds(2))
        ),
        ("{interval: 100ms, kind: arp}", Target(.neighbour(.v4), interval: .milliseconds(100))),
        ("{kind: nd}", Target(.neighbour(.v6))),
        ("{kind: tcp, address: 1.1.1.1, port: 443}", Target(.connect(cloudflare, port: 443))),
        ("{kind: tcp, address: 1.1.1.1, port: 65535}", Target(.connect(cloudflare, port: 65535))),
        ("{kind: dns, server: 9.9.9.9, name: example.com.}", Target(.dns(DNSQuestion(server: quad, name: "example.com")))),
        (
            "{kind: dns, server: gateway, name: example.com, type: AAAA, expect: [\"2001:db8:0::1\"], interval: 1s, timeout: 1s}",
            Target(
                .dns(DNSQuestion(server: .gateway, name: "example.com", type: .aaaa, expected: ["2001:db8::1"])), interval: .seconds(1),
                timeout: .seconds(1))
        ),
        (
            "{kind: dns, server: 9.9.9.9, name: _a.b-c.1, type: CNAME, expect: [example.com., Example.net]}",
            Target(.dns(DNSQuestion(server: quad, name: "_a.b-c.1", type: .cname, expected: ["example.com", "Example.net"])))
        ),
        (
            "{kind: http, url: \"http://example.com\"}",
            Target(.http(HTTPQuestion(host: "example.com", resolver: cloudflare)))
        ),
        (
            "{kind: http, url: \"HTTP://[2001:db8::1]:8080/a?b=c\", status: 204, resolver: 9.9.9.9, interval: 10s}",
            Target(
                .http(HTTPQuestion(host: "2001:db8::1", port: 8080, path: "/a?b=c", status: 204, resolver: address("9.9.9.9"))),
                interval: .seconds(10))
        ),
        (
            "{kind: http, url: http://192.0.2.1?x, body: \"<html>\"}",
            Target(.http(HTTPQuestion(host: "192.0.2.1", path: "/?x", body: "<html>", resolver: cloudflare)))
        ),
        (
            "{kind: exec, command: [/usr/local/lib/x, -a, -a, \"\"], interval: 30s}",
            Target(.exec(["/usr/local/lib/x", "-a", "-a", ""]), interval: .seconds(30))
        ),
    ]

    @Test("a target is an address, the gateway, or a mapping with its kind", arguments: accepted)
    func accept(text: String, target: Target) throws {
        let parsed = Configuration.parse(Case.office + "probe: {targets: [\(text)]}")
        #expect(parsed.problems.map { $0.text(file: "f") } == [])
        #expect(parsed.settings?.wans.map(\.probe.targets) == [[target], [target]])
    }

    static let kinds = "'icmp', 'arp', 'nd', 'tcp', 'dns', 'http' or 'exec'"

    /// The target, which begins in column 19, and what is reported of it.
    static let refused: [(String, [String])] = [
        ("{kind: ping}", ["26: error: 'kind' has to be \(kinds), not 'ping'"]),
        ("{kind: dnss}", ["26: error: 'kind' has to be \(kinds), not 'dnss' | did you mean 'dns'?"]),
        ("{kind: }", ["20: error: 'kind' has to be \(kinds), but is empty"]),
        ("{}", ["19: error: 'kind' is missing in a target | what to ask: \(kinds)"]),
        (
            "{kind: arp, address: 1.1.1.1}",
            [
                "31: error: unknown key 'address' | the keys here are 'kind', 'interval' and 'timeout'"
            ]
        ),
        (
            "{kind: icmp, adress: 1.1.1.1, port: 5}",
            [
                "32: error: unknown key 'adress' | did you mean 'address'?",
                "49: error: unknown key 'port' | the keys here are 'kind', 'address', 'interval' and 'timeout'",
            ]
        ),
        ("{kind: icmp}", ["19: error: 'address' is missing in a target of kind 'icmp' | whom to ping: an address, or 'gateway'"]),
        (
            "{kind: tcp}",
            [
                "19: error: 'address' is missing in a target of kind 'tcp' | whom to connect to, such as 'address: 1.1.1.1'",
                "19: error: 'port' is missing in a target of kind 'tcp' | the port to connect to, such as 'port: 443'",
            ]
        ),
        (
            "{kind: tcp, address: gateway, port: 0}",
            [
                "40: error: 'address' has to be the address of a host, not 'gateway' | a name won't do: looking it up needs the very WAN that is being probed",
                "55: error: 'port' has to be a whole number from 1 to 65535, not '0'",
            ]
        ),
        (
            "{kind: tcp, address: \"1.1.1.1:443\", port: 65536}",
            [
                "40: error: 'address' has to be the address of a host, not '1.1.1.1:443' | an address has no port: '{kind: tcp, address: 1.1.1.1, port: …}' asks for one",
                "61: error: 'port' has to be a whole number from 1 to 65535, not '65536'",
            ]
        ),
        (
            "{kind: dns, server: 9.9.9.9, name: 1.1.1.1, type: a}",
            [
                "54: error: 'name' has to be a name of DNS, not '1.1.1.1' | this is an address; for a PTR question write '1.2.0.192.in-addr.arpa'",
                "69: error: 'type' has to be 'A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA' or 'TXT', not 'a' | did you mean 'A'?",
            ]
        ),
        (
            "{kind: dns, server: 9.9.9.9, name: bücher.de, expect: [\"2001:db8::1\", a, 192.0.2.1]}",
            [
                "54: error: 'name' has to be a name of DNS, not 'bücher.de' | write the form that DNS has of it, which begins with 'xn--'",
                "74: error: each of 'expect' has to be an IPv4 address, since 'type' is A, not '2001:db8::1' | only targets can have an IPv6 address",
                "89: error: each of 'expect' has to be an IPv4 address, since 'type' is A, not 'a'",
            ]
        ),
        (
            "{kind: http, url: \"https://example.com/\"}",
            [
                "37: error: 'url' has to be an address that begins with 'http://', not 'https://example.com/' | write 'http://': uplinkd has no TLS, and over http a captive portal can answer in the server's place, which is what such a probe finds out"
            ]
        ),
        (
            "{kind: http, url: example.com, status: 199, body: \"\"}",
            [
                "37: error: 'url' has to be an address that begins with 'http://', not 'example.com' | write 'http://host/path' or 'http://host:port/path'",
                "58: error: 'status' has to be a whole number from 200 to 599, not '199'",
                "69: error: 'body' has to be text of 1 to 1024 bytes, not ''",
            ]
        ),
        (
            "{kind: http, url: \"http://a/\", status: 204, body: x}",
            ["69: error: a page with status 204 has no body | leave out 'body', or expect another 'status'"]
        ),
        (
            "{kind: exec, command: /bin/true}",
            ["41: error: 'command' has to be a list of at least one value, not '/bin/true' | write '[/bin/true]'"]
        ),
        (
            "{kind: exec, command: [ask, x]}",
            ["42: error: 'ask' is no absolute path of a program | write it as '/usr/local/lib/ask': the daemon has no PATH to look in"]
        ),
        (
            "{kind: exec, command: [/opt/]}",
            ["42: error: '/opt/' is no absolute path of a program | write it as '/usr/local/lib/ask': the daemon has no PATH to look in"]
        ),
        (
            "{kind: exec, command: [/bin/a, \"\\e[2J\"], interval: 4s, timeout: 99ms}",
            [
                "50: error: each of 'command' has to be text of 0 to 4096 bytes, not '<U+001B>[2J' | control characters can't be in it",
                "70: error: 'interval' has to be a time from 5s to 1h, not '4s'",
                "83: error: 'timeout' has to be a time from 100ms to 1m, not '99ms'",
            ]
        ),
        ("{kind: dns, server: 9.9.9.9, name: a, interval: 0.9s}", ["67: error: 'interval' has to be a time from 1s to 1h, not '0.9s'"]),
        ("{kind: http, url: \"http://a\", interval: 9s}", ["59: error: 'interval' has to be a time from 10s to 1h, not '9s'"]),
        (
            "gateway, {kind: icmp, address: gateway, interval: 5s}",
            ["28: error: 'gateway' is in 'targets' twice | the first one is on line 5"]
        ),
        (
            "{kind: tcp, address: 1.1.1.1, port: 53}, {kind: tcp, address: 1.1.1.1, port: 53, timeout: 2s}",
            ["60: error: 'tcp 1.1.1.1:53' is in 'targets' twice | the first one is on line 5"]
        ),
    ]

    @Test("what is wrong with a target is told at its place, with the keys that belong to its kind", arguments: refused)
    func refuse(text: String, reports: [String]) {
        let found = Configuration.parse(Case.office + "probe: {targets: [\(text)]}").problems.map { problem in
            "\(problem.column): \(problem.severity.rawValue): \(problem.message)\(problem.hint.map { " | \($0)" } ?? "")"
        }
        #expect(found == reports)
    }

    static let addresses: [(String, String)] = [
        ("::", "'::' means \"no address\""), ("::1", "'::1' is the box itself"), ("ff02::1", "ff00::/8 is for multicast"),
        ("fe80::1", "fe80::/10 is known on one link only; '{kind: nd}' asks for the gateway of each WAN"),
        ("febf::1", "fe80::/10 is known on one link only; '{kind: nd}' asks for the gateway of each WAN"),
        ("::ffff:1.1.1.1", "write it as what it is: '1.1.1.1'"), ("2001:db8::1/64", "leave out the length of the prefix: '2001:db8::1'"),
        ("fe80::1%eth0", "leave out '%' and what follows: each WAN has its own interface"),
        ("2001:db8::1::2", "an IPv6 address looks like '2001:db8::1'"),
    ]

    @Test("an IPv6 address that no host can be asked by is refused with its reason", arguments: addresses)
    func address(text: String, hint: String) {
        let problems = Configuration.parse(Case.office + "probe:\n  targets:\n    - \"\(text)\"\n").problems
        #expect(problems.map(\.hint) == [hint])
        #expect(problems.map { [$0.line, $0.column] } == [[7, 7]])
    }

    static let urls: [(String, String)] = [
        ("http://", "write 'http://host/path' or 'http://host:port/path'"),
        ("http:///x", "write 'http://host/path' or 'http://host:port/path'"),
        ("http://[::1", "write 'http://host/path' or 'http://host:port/path'"),
        ("http://a b/", "write a space and letters beyond ASCII in the form '%20'"),
        ("http://a/#b", "leave out '#' and what follows: no server gets to see it"),
        ("http://me:x@a/", "a probe has no user and password: leave them out"), ("http://a:0/", "a port is a number from 1 to 65535"),
        ("http://a:/", "a port is a number from 1 to 65535"), ("http://a:65536/", "a port is a number from 1 to 65535"),
        ("http://127.0.0.1/", "127.0.0.0/8 is the box itself"), ("http://[::1]/", "'::1' is the box itself"),
        ("http://1.1.1/", "an address is four numbers from 0 to 255 without zeros in front, such as '192.0.2.1'"),
        ("http://-a/", HostName.form), ("http://a..b/", HostName.form), ("http://\(String(repeating: "a", count: 64)).b/", HostName.form),
        ("http://a/\(String(repeating: "b", count: 2048))", "it can't be longer than 2048 bytes"),
    ]

    @Test("an address of a page that can't be asked for is refused with its reason", arguments: urls)
    func url(text: String, hint: String) {
        let problems = Configuration.parse(Case.office + "probe:\n  targets:\n    - kind: http\n      url: \"\(text)\"\n").problems
        #expect(problems.map(\.hint) == [hint])
        #expect(problems.map { [$0.line, $0.column] } == [[8, 12]])
    }

    @Test("a program that isn't there is a warning at its place, and whoever can look is asked")
    func program() {
        let yaml = Case.office + "probe: {targets: [{kind: exec, command: [/opt/ask, /opt/other]}]}"
        let parsed = Configuration.parse(yaml) { $0 == "/opt/ask" ? "/opt/ask: no such file" : nil }
        #expect(parsed.problems.map { "\($0.column): \($0.message)" } == ["42: /opt/ask: no such file"])
        #expect(parsed.settings != nil)
    }

    @Test("a target from keys and values is under the rules of the file")
    func fromKeys() throws {
        let dns = try Configuration.target([
            ("kind", .text("dns")), ("server", .text("9.9.9.9")), ("name", .text("a.")), ("expect", .list(["192.0.2.1"])),
        ])
        #expect(dns == Target(.dns(DNSQuestion(server: Self.quad, name: "a", expected: ["192.0.2.1"]))))
        let refusals: [([(String, Configuration.Given)], String)] = [
            ([], "'kind' is missing in a target: what to ask: \(Self.kinds)"),
            (
                [("kind", .text("tcp")), ("address", .text("1.1.1.1"))],
                "'port' is missing in a target of kind 'tcp': the port to connect to, such as 'port: 443'"
            ),
            ([("kind", .text("icmp")), ("address", .list(["a"]))], "'address' has to be 'gateway' or the address of a host, not a list"),
        ]
        for (keys, description) in refusals {
            #expect(throws: Configuration.TargetRefusal(description: description)) {
                try Configuration.target(keys.map { (name: $0.0, value: $0.1) })
            }
        }
    }

    @Test("every kind is called by one name in the file and in answers", arguments: Question.Kind.allCases)
    func kindNames(kind: Question.Kind) {
        #expect(Self.accepted.contains { $0.1.question.kind == kind })
    }
}
