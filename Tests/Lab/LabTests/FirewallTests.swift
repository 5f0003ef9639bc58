import Lab
import Testing

extension InNamespaces {
    @Suite("uplinkd and the packet filter") struct FirewallTests {
        /// The text of every place in which something of ours may stand.
        static let everything = [IPTables.nft, .legacy].flatMap { ["\($0.program)-save", "\($0.program6)-save"] } + ["nft list ruleset"]

        static func isOurs(_ lab: Lab, _ command: String) async throws -> Bool {
            try await lab.router.node.shell("\(command) 2>/dev/null || true").lowercased().contains("uplinkd")
        }

        @Test("a reload to another firewall: there is no moment without NAT, and nothing is left of the one before")
        func reload() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon(.office(iptables: .nft))
                try await lab.ready(daemon)
                // A thousand new sessions a second: the first without NAT doesn't get out.
                let sessions = try await lab.client.newSessions(perSecond: 1000)
                let stream = try await lab.client.stream()
                let steps: [(edit: String, expected: [String])] = [
                    ("s/^iptables: .*/firewall: nftables/", ["nft list ruleset"]),
                    ("s/^firewall: .*/iptables: legacy/", ["iptables-legacy-save", "ip6tables-legacy-save"]),
                    ("s/^iptables: .*/firewall: nftables/", ["nft list ruleset"]),
                    ("s/^firewall: .*/iptables: nft/", ["iptables-nft-save", "ip6tables-nft-save", "nft list ruleset"]),
                ]
                for step in steps {
                    try await lab.router.node.shell("sed -i '\(step.edit)' \(lab.folder)/uplinkd.yaml")
                    try await daemon.control(["reload"])
                    let expected = Set(step.expected)
                    try await lab.eventually("only \(step.expected.joined(separator: " and ")) has something of ours") {
                        var found: Set<String> = []
                        for command in Self.everything where try await Self.isOurs(lab, command) { found.insert(command) }
                        return found == expected
                    }
                    try await lab.eventually("NAT is known to be in order") { try await daemon.status().nat?.ok == true }
                    try await lab.carries(Addresses.telkom)
                }
                #expect(try await stream.stop().lost == 0)
                #expect(try await sessions.stop().lostThere == 0)
                try await daemon.stop()
                try await lab.router.node.shell("\(lab.programs.uplinkd) --teardown --control \(lab.folder)/control")
                for command in Self.everything {
                    let isLeft = try await Self.isOurs(lab, command)
                    #expect(!isLeft, "\(command)")
                }
            }
        }

        @Test("nft flush ruleset: our table comes back by itself")
        func flush() async throws {
            try await Lab.with(options: LabOptions(isEverythingMasqueraded: false)) { lab in
                let daemon = try await lab.startDaemon(.office(firewall: .nftables))
                try await lab.ready(daemon)
                try await lab.router.node.run(["nft", "flush", "ruleset"])
                try await lab.eventually("table inet uplinkd is back") {
                    try await lab.router.node.shell("nft list ruleset").contains("oifname \"usb0\" rt ipsec missing masquerade")
                }
                try await lab.ready(daemon)
            }
        }

        @Test("others' rules that get into the way are told by the check and the status, and are no reason to refuse anything")
        func survey() async throws {
            try await Lab.with { lab in
                try await lab.router.node.shell(
                    """
                    iptables-nft -t mangle -N cali-PREROUTING && iptables-nft -t mangle -A cali-PREROUTING -j MARK --set-xmark 0x0/0xffff0000
                    iptables-nft -t nat -A POSTROUTING -o usb0 -s 10.9.9.0/24 -j SNAT --to-source 192.0.2.77
                    """)
                let daemon = try await lab.startDaemon(.office())
                try await lab.ready(daemon)
                try await lab.eventually("the status names both") {
                    let status = try await daemon.control(["status"])
                    return status.contains("! Calico (chain cali-PREROUTING) uses the mark bits 0xffff0000")
                        && status.contains("sessions by smartfren a fixed address")
                }
                let check = "\(lab.programs.uplinkd) --check --config \(lab.folder)/uplinkd.yaml"
                let text = try await lab.router.node.shell(check)
                #expect(text.contains("\nbox: warning: Calico (chain cali-PREROUTING)"))
                #expect(text.contains("set `mark-mask: 0x"))
                let user = try await lab.router.node.shell(
                    "setpriv --reuid 65534 --clear-groups cat \(lab.folder)/uplinkd.yaml >/dev/null 2>&1 && "
                        + "setpriv --reuid 65534 --clear-groups \(check) || echo unreadable")
                #expect(user.contains("box: not looked at") || user.contains("unreadable"))
            }
        }
    }
}
