import Lab
import Testing

extension BesideOthers {
    /// What an administrator looks at himself, by a WAN of his choice.
    @Suite("uplinkctl trace and speedtest")
    struct LookTests {
        /// stdout and stderr of uplinkctl, and its exit status on the last line. There is no terminal, and nothing to read.
        private static func uplinkctl(_ arguments: String, _ lab: Lab, as user: String = "") async throws -> String {
            try await lab.router.node.shell(
                "set +e; \(user) '\(lab.programs.uplinkctl)' \(arguments) --control '\(lab.folder)/control' 2>&1 </dev/null; echo status $?"
            )
        }

        /// The addresses at the beginning of each hop's line.
        private static func hops(_ text: String) -> [String] {
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                return words.count > 1 && Int(words[0]) != nil ? String(words[1]) : nil
            }
        }

        @Test("a path is told router by router, by the WAN that is selected and by the one that isn't")
        func trace() async throws {
            try await Lab.with(options: LabOptions(hasFarServer: true)) { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let (far, far6) = (Addresses.far, Addresses.far6)
                let server = far[2]
                let telkom = try await Self.uplinkctl("trace telkom \(server)", lab)
                #expect(Self.hops(telkom) == ["100.64.1.1", "192.0.2.2"] + far, "\(telkom)")
                #expect(telkom.hasSuffix("Reached after 5 hops.\nstatus 0\n"), "\(telkom)")
                let smartfren = try await Self.uplinkctl("trace smartfren \(server)", lab)
                #expect(Self.hops(smartfren) == ["100.64.2.1", "192.0.2.6"] + far, "\(smartfren)")
                let six = try await Self.uplinkctl("trace smartfren \(far6[2]) -6 --queries 1", lab)
                #expect(Self.hops(six) == ["2001:db8:2::1", "2001:db8:2:ffff::2"] + far6, "\(six)")
                let short = try await Self.uplinkctl("trace telkom \(server) --max-hops 2", lab)
                #expect(short.hasSuffix("Not reached: the last to answer was 192.0.2.2, hop 2 of 2.\nstatus 5\n"), "\(short)")

                try await lab.internet.node.run(["ip", "route", "add", "unreachable", "203.0.113.200"])
                let refused = try await Self.uplinkctl("trace telkom 203.0.113.200", lab)
                #expect(refused.hasSuffix("Not reached: 192.0.2.2 says: host unreachable.\nstatus 5\n"), "\(refused)")
                let unprivileged = try await Self.uplinkctl("trace telkom \(server)", lab, as: "setpriv --bounding-set=-net_raw")
                #expect(unprivileged.hasPrefix("uplinkctl: trace needs root: it sends ICMP by a raw socket"), "\(unprivileged)")
                #expect(unprivileged.hasSuffix("status 4\n"))

                // By a WAN that is down, whose route has stepped back.
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Addresses.smartfren)
                let silent = try await Self.uplinkctl("trace telkom \(server) --max-hops 4 --json", lab)
                // Not by the other WAN, which would get there.
                #expect(silent.contains("\"reached\" : false") && !silent.contains("\"outcome\" : \"reached\""), "\(silent)")
                #expect(silent.hasSuffix("status 5\n"))
                let gateway = try await Self.uplinkctl("trace telkom 100.64.1.1", lab)
                #expect(gateway.hasSuffix("Reached after 1 hop.\nstatus 0\n"), "\(gateway)")
                try await lab.telkom.unplugModem()
                let absent = try await Self.uplinkctl("trace telkom \(server)", lab)
                #expect(absent.hasPrefix("uplinkctl: telkom can't be used: its interface eth0 isn't there"), "\(absent)")
                let nobody = try await Self.uplinkctl("trace nobody \(server)", lab)
                #expect(nobody == "uplinkctl: There is no WAN 'nobody'. Configured: telkom, smartfren.\nstatus 1\n")
            }
        }

        private struct Speed: Decodable {
            struct Direction: Decodable {
                var bytes: Int
                var mbitPerSecond: Double?
                var roundTrip: RoundTrip
            }

            struct RoundTrip: Decodable {
                var asked: Int
                var medianMs: Double?
                var maxMs: Double?
            }

            var idle: RoundTrip
            var down: Direction?
            var up: Direction?
            var bytesUsed: Int
        }

        /// IP bytes that have gone through an interface, both ways.
        private static func bytes(_ interface: String, _ lab: Lab) async throws -> Int {
            let text = try await lab.router.node.shell(
                "cd /sys/class/net/\(interface)/statistics; cat rx_bytes tx_bytes rx_packets tx_packets")
            let numbers = text.split(separator: "\n").compactMap { Int($0) }
            try #require(numbers.count == 4)
            // An Ethernet header has 14.
            return numbers[0] + numbers[1] - 14 * (numbers[2] + numbers[3])
        }

        /// Between what is said before, and the exit status.
        private static func object(in text: String) throws -> String {
            let start = try #require(text.firstIndex(of: "{"))
            let end = try #require(text.lastIndex(of: "}"))
            return String(text[start...end])
        }

        @Test("the speed is that of the line, the round trip rises meanwhile, and no more than was allowed is used")
        func speed() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await lab.internet.startSpeedServer()
                try await lab.telkom.limitRate(kilobits: 8000, delay: .milliseconds(10))
                let before = try await Self.bytes("eth0", lab)
                let text = try await Self.uplinkctl(
                    "speedtest telkom http://\(lab.internet.server)/50000000 --bytes 4MB --json", lab)
                let used = try await Self.bytes("eth0", lab) - before
                let speed = try JSON.decode(Speed.self, from: Self.object(in: text))
                let (down, up) = (try #require(speed.down), try #require(speed.up))
                for direction in [down, up] {
                    let rate = try #require(direction.mbitPerSecond)
                    #expect((4...8.1).contains(rate), "\(text)")
                    #expect(direction.bytes > 1_000_000, "\(text)")
                    let (idle, busy) = (try #require(speed.idle.medianMs), try #require(direction.roundTrip.maxMs))
                    #expect(busy > idle + 5, "\(text)")
                }
                // The probes of the daemon go by the same interface: some 1 kB a second.
                #expect(used < 4_000_000 + 50_000, "\(used)\n\(text)")
                #expect(speed.bytesUsed <= 4_000_000 && speed.bytesUsed > used * 9 / 10, "\(used)\n\(text)")
            }
        }

        @Test("the WAN that isn't selected can be measured, and nothing of it goes by the other one; also by IPv6")
        func standby() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await lab.internet.startSpeedServer()
                for host in [lab.internet.server, "[\(Addresses.server6)]"] {
                    let before = (try await Self.bytes("eth0", lab), try await Self.bytes("usb0", lab))
                    let text = try await Self.uplinkctl("speedtest smartfren http://\(host)/400000 --bytes 2MB --no-upload", lab)
                    let after = (try await Self.bytes("eth0", lab), try await Self.bytes("usb0", lab))
                    #expect(text.hasSuffix("status 0\n") && text.contains("400 kB"), "\(text)")
                    #expect(after.0 - before.0 < 100_000 && after.1 - before.1 > 400_000, "\(before) \(after)")
                }
            }
        }

        @Test("a metered WAN is measured only when somebody has said so")
        func metered() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon(.office(metered: true))
                try await lab.ready(daemon)
                try await lab.internet.startSpeedServer()
                let command = "speedtest smartfren http://\(lab.internet.server)/100000 --no-upload --bytes 1MB"
                let refused = try await Self.uplinkctl(command, lab)
                #expect(refused.contains("Uses 1.0 MB at most, by smartfren (usb0)"), "\(refused)")
                #expect(
                    refused.hasSuffix("uplinkctl: smartfren is metered: --yes goes on all the same, --bytes allows less.\nstatus 2\n"),
                    "\(refused)")
                let agreed = try await Self.uplinkctl("\(command) --yes", lab)
                #expect(agreed.hasSuffix("status 0\n"), "\(agreed)")
            }
        }

        @Test("every form of a page is read, and what a server refuses is said")
        func pages() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await lab.internet.startSpeedServer()
                let server = "http://\(lab.internet.server)"
                let cases = [
                    ("\(server)/chunked/300000 --no-upload", "300 kB", 0), ("\(server)/close/300000 --no-upload", "300 kB", 0),
                    ("\(server)/short/300000 --no-upload", "The server ended the page before its end.", 0),
                    ("\(server)/to/to/300000 --no-upload", "redirects to \(server)/300000.", 0),
                    ("\(server)/to/tls", "'https://tls.example/' needs TLS", 2),
                    ("\(server)/status/503", "\(server)/status/503 answers 503 (the server is overloaded).", 1),
                    ("\(server)/100000 --upload \(server)/refuse", "\(server)/refuse doesn't take an upload: it answers 413", 1),
                    ("\(server):81/1", "\(lab.internet.server):81 refuses connections.", 1),
                    ("https://\(lab.internet.server)/", "needs TLS, and uplinkctl has none", 2),
                ]
                for (words, message, status) in cases {
                    let answer = try await Self.uplinkctl("speedtest telkom \(words) --bytes 2MB", lab)
                    #expect(answer.contains(message) && answer.hasSuffix("status \(status)\n"), "\(words): \(answer)")
                }
            }
        }

        @Test("the full-screen view draws what the real daemon tells")
        func watch() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                // script(1) gives it a terminal.
                let command =
                    "stty rows 40 cols 120; TERM=xterm LC_ALL=C.UTF-8 exec '\(lab.programs.uplinkctl)' watch --control '\(lab.folder)/control'"
                let view = try await lab.router.node.start("uplinkctl watch", ["script", "-qfec", command, "/dev/null"])
                try await lab.eventually("both plots are drawn below the answer") {
                    let picture = view.output.components(between: "\u{1b}[H", and: "\u{1b}[J").last ?? ""
                    return picture.contains("Traffic goes by telkom") && picture.contains("EVENTS")
                        && picture.split(whereSeparator: \.isNewline).count { $0.contains("──") } == 2
                }
                #expect(view.output.hasPrefix("\u{1b}[?1049h"))
                try await view.stop()
            }
        }
    }
}

extension String {
    fileprivate func components(between start: String, and end: String) -> [Substring] {
        split(separator: start).filter { $0.contains(end) }.map { $0.split(separator: end, omittingEmptySubsequences: false)[0] }
    }
}
