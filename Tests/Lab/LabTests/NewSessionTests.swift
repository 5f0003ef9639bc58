import Lab
import Testing

extension InNamespaces {
    /// Pings pass, and what clients begin gets no answer.
    @Suite("uplinkd and new sessions without an answer")
    struct NewSessionTests {
        private func story(_ firewall: FirewallBackend = .iptables, _ story: (Lab, Daemon) async throws -> Void) async throws {
            try await Lab.with { lab in
                try await lab.internet.startResolver()
                try await lab.internet.countQuestions()
                let daemon = try await lab.startDaemon(.office(firewall: firewall))
                try await lab.ready(daemon)
                try await story(lab, daemon)
            }
        }

        /// Moves for this fault, in some seconds, and comes back when it is mended.
        private func moves(_ lab: Lab, _ daemon: Daemon, _ what: Swallowed, code: String, evidence: String) async throws {
            try await lab.telkom.swallow(what)
            try await lab.eventually("telkom has \(code), and smartfren carries") {
                let status = try await daemon.status()
                return status.selection.wan == "smartfren" && status.wan(Addresses.telkom)?.fault?.code == code
            }
            let explained = try await daemon.control(["explain"])
            #expect(explained.contains(evidence), "\(explained)")
            let named = code == "tcp-dead" ? "TCP dead" : "DNS dead"
            try await lab.eventually("the report names \(named)") { try await daemon.control(["report"]).contains(named) }
            #expect(try await lab.client.wayOut()?.name == "smartfren")
            #expect(try await daemon.switches().count == 1)
            try await lab.telkom.loseNothing()
            try await lab.eventually("telkom carries again", within: .seconds(90)) {
                try await daemon.status().selection.wan == "telkom"
            }
        }

        @Test("a provider that drops every connection and passes pings is left", arguments: FirewallBackend.allCases)
        func connections(firewall: FirewallBackend) async throws {
            try await story(firewall) { lab, daemon in
                let traffic = try await lab.client.connections()
                try await moves(
                    lab, daemon, .connections, code: "tcp-dead",
                    evidence: "no answer to tcp 203.0.113.1:80, tcp 203.0.113.2:80, tcp 203.0.113.3:80")
                let report = try await traffic.stop()
                #expect(report.answered > 0)
            }
        }

        @Test("a provider that drops port 443 alone is left")
        func web() async throws {
            try await story { lab, daemon in
                let traffic = try await lab.client.path().connections(every: .milliseconds(200), port: 443)
                try await moves(
                    lab, daemon, .connectionsTo(port: 443), code: "tcp-dead",
                    evidence: "no answer to tcp 203.0.113.1:443, tcp 203.0.113.2:443, tcp 203.0.113.3:443")
                _ = try await traffic.stop()
            }
        }

        @Test("a provider by which no resolver answers is left")
        func names() async throws {
            try await story { lab, daemon in
                let asking = try await lab.client.askNames(of: Addresses.targets[0])
                try await moves(lab, daemon, .names, code: "dns-dead", evidence: "no answer to dns 203.0.113.1 example.com A")
                try await asking.stop()
            }
        }

        @Test("the provider's own resolver is dead: others are asked and answer, and nobody moves")
        func resolverOfProvider() async throws {
            try await story { lab, daemon in
                try await lab.telkom.swallow(.namesOfGateway)
                let asking = try await lab.client.askNames(of: Addresses.telkom.gateway)
                try await lab.eventually("others have been asked") { try await lab.internet.questions() > 0 }
                try await lab.stays(for: .seconds(3), daemon)
                #expect(try await daemon.status().wan(Addresses.telkom)?.health == "up")
                try await asking.stop()
            }
        }

        @Test("a client that scans the Internet, a thousand connections a second: some questions, no switch")
        func scan() async throws {
            try await story { lab, daemon in
                try await lab.internet.silence()
                let scan = try await lab.client.scan()
                try await lab.eventually("it has been asked") { try await lab.internet.questions() > 0 }
                try await lab.stays(for: .seconds(15), daemon)
                // Three addresses, at once and ten seconds later; the retries of a loaded machine come on top.
                let questions = try await lab.internet.questions()
                #expect(questions <= 3 * Asked.most, "\(questions)")
                #expect(try await daemon.status().wan(Addresses.telkom)?.health == "up")
                #expect(try await daemon.switches().isEmpty)
                try await scan.stop()
            }
        }

        @Test("a full uplink answers new connections late, and isn't left for that")
        func fullLine() async throws {
            try await story { lab, daemon in
                try await lab.telkom.limitUplink(kilobits: 1000, queue: 200)
                let uploads = try await lab.client.path().uploads()
                let traffic = try await lab.client.connections(every: .milliseconds(200))
                try await lab.eventually("the line is full") {
                    let targets = try await daemon.status().wan(Addresses.telkom)?.targets ?? []
                    return targets.contains { ($0.roundTripMs ?? 0) > 500 }
                }
                let end = Moment.now + .seconds(15)
                while Moment.now < end {
                    let status = try await daemon.status()
                    try lab.require(
                        "telkom carries, without a fault", status.selection.wan == "telkom" && status.wan(Addresses.telkom)?.fault == nil)
                    try await Task.sleep(for: .milliseconds(200))
                }
                #expect(try await daemon.switches().isEmpty)
                let report = try await traffic.stop()
                #expect(report.answered > 0)
                _ = try await uploads.stop()
            }
        }

        private enum Asked { static let most = 9 }
    }
}
