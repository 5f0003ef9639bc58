import Lab
import Testing

extension BesideOthers {
    /// What an administrator sees of the probes, and asks by himself.
    @Suite("uplinkctl probe and quality")
    struct ProbeTests {
        /// stdout and stderr of uplinkctl, and its exit status on the last line.
        private static func uplinkctl(_ arguments: String, _ lab: Lab) async throws -> String {
            try await lab.router.node.shell(
                "set +e; '\(lab.programs.uplinkctl)' \(arguments) --control '\(lab.folder)/control' 2>&1; echo status $?")
        }

        private static let target = Addresses.targets[0]

        @Test("a probe by hand goes by its WAN, also by one that is down, says what its answer means, and moves no traffic")
        func probe() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let all = try await Self.uplinkctl("probe telkom", lab)
                #expect(all.split(separator: "\n").count { $0.hasPrefix("answered  ") } == 1 + Addresses.targets.count, "\(all)")
                #expect(all.hasSuffix("status 0\n"))

                try await lab.telkom.silenceUpstream()
                try await lab.carries(Addresses.smartfren)
                let silent = try await Self.uplinkctl("probe telkom --timeout 300ms", lab)
                #expect(silent.contains("answered  gateway answered after "), "\(silent)")
                #expect(silent.contains("lost      \(Self.target) didn't answer within 300ms."))
                #expect(silent.hasSuffix("status 5\n"))
                let other = try await Self.uplinkctl("probe smartfren \(Self.target) --json", lab)
                #expect(other.contains("\"outcome\" : \"answered\""), "\(other)")
                #expect(other.contains("\"round_trip_ms\" : "))
                #expect(other.hasSuffix("status 0\n"))

                // Not one that is configured.
                let server = try await Self.uplinkctl("probe smartfren \(lab.internet.server)", lab)
                #expect(server.hasPrefix("answered  \(lab.internet.server) answered after "), "\(server)")

                // A WAN without an interface can't be asked, which is no answer of the WAN's.
                try await lab.telkom.unplugModem()
                try await lab.health("absent", of: Addresses.telkom, daemon)
                let absent = try await Self.uplinkctl("probe telkom \(Self.target)", lab)
                #expect(absent.contains("not-sent  \(Self.target) couldn't be asked: there is no interface eth0."), "\(absent)")
                #expect(absent.hasSuffix("status 1\n"))
                #expect(try await daemon.switches().count == 1)
            }
        }

        @Test("what can't be asked is refused with what to write instead")
        func refused() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let cases = [
                    ("nobody", "There is no WAN 'nobody'. Configured: telkom, smartfren.", 1),
                    ("telkom example.com", "'address' has to be 'gateway' or the address of a host, not 'example.com'", 2),
                    ("telkom 192.0.2.1 --port 0", "'port' has to be a whole number from 1 to 65535, not '0'", 2),
                    ("telkom 192.0.2.1 --kind tcp", "'port' is missing in a target of kind 'tcp'", 2),
                    ("telkom 192.0.2.1 --name example.com --type X", "'type' has to be 'A', 'AAAA'", 2),
                    ("telkom https://example.com/", "uplinkd has no TLS", 2),
                    ("telkom --kind dns", "telkom has no target of kind 'dns': say whom to ask", 2),
                    ("telkom /bin/true --kind exec", "programs are run only as they are configured: telkom has none", 2),
                    ("telkom 192.0.2.1 --kind ping", "'kind' has to be 'icmp', 'arp', 'nd'", 2),
                ]
                for (words, message, status) in cases {
                    let answer = try await Self.uplinkctl("probe \(words)", lab)
                    #expect(answer.contains(message), "\(words): \(answer)")
                    #expect(answer.hasSuffix("status \(status)\n"), "\(words): \(answer)")
                }
            }
        }

        @Test("the quality of a WAN shows its losses, its limits, and its last probes")
        func quality() async throws {
            let thresholds = ["thresholds: {loss: {leave: 90%}, p99: {leave: 1s, return: 0.5s}}", "profile: fast"]
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon(.office(probe: thresholds))
                try await lab.ready(daemon)
                try await lab.telkom.lose(percent: 40)
                try await lab.eventually("a loss is drawn") {
                    try await Self.uplinkctl("quality telkom", lab).split(separator: "\n").contains {
                        $0.hasPrefix(Self.target) && $0.hasSuffix("x")
                    }
                }
                let text = try await Self.uplinkctl("quality telkom", lab)
                #expect(text.contains("telkom is "), "\(text)")
                #expect(
                    text.contains(
                        "Too bad with: loss above 90.0 %, until it is 45.0 % or less; 99 of 100 above 1000 ms, until it is 500 ms or less."),
                    "\(text)")
                #expect(!text.contains("smartfren"))
                let json = try await Self.uplinkctl("quality smartfren --json", lab)
                #expect(json.contains("\"answers\" : ["))
                #expect(json.contains("\"lost\" : 0"))
                #expect(json.hasSuffix("status 0\n"))
            }
        }
    }
}
