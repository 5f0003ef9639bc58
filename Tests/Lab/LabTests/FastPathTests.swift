import Lab
import Testing

extension InNamespaces {
    /// On a kernel with flowtables they see that it works, on one without that nothing else suffers.
    @Suite("The fast path") struct FastPathTests {
        private static let table = "nft list table inet uplinkd_fastpath 2>/dev/null || true"

        private static func hasFlowtables(_ lab: Lab) async throws -> Bool {
            try await lab.router.node.shell(
                "echo 'table inet probe { flowtable f { hook ingress priority 0; devices = { lo }; }; }' | nft -c -f - 2>/dev/null && echo yes || echo no"
            ).contains("yes")
        }

        @Test(
            "a kernel without flowtables: all the rest stands, clients get out, a failover is as ever, and the status says what is missing")
        func everywhere() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(firewall: .nftables, top: ["fastpath: on"]), families: [.ipv4])
                let has = try await Self.hasFlowtables(lab)
                try await lab.eventually("the fast path stands, or the status says why it doesn't") {
                    if has { return try await lab.router.node.shell(Self.table).contains("flow add @sessions") }
                    let status = try await daemon.control(["status"])
                    return status.contains("'fastpath: on' has no effect") && status.contains("nf_flow_table")
                }
                #expect(try await daemon.status().nat?.ok == true)
                #expect(try await lab.router.node.shell("nft list table inet uplinkd").contains("masquerade"))
                let sessions = try await lab.client.path().everything()
                try await lab.flows(by: lab.telkom)
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Addresses.smartfren)
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                // The download only receives: it is told, wherever its packets went.
                #expect(report.download.broken != nil)
                if has {
                    try await lab.eventually("the fast path is by the other WAN") {
                        let table = try await lab.router.node.shell(Self.table)
                        return table.contains("usb0") && !table.contains("eth0")
                    }
                }
                try await daemon.stop()
                try await lab.router.node.shell("\(lab.programs.uplinkd) --teardown --control \(lab.folder)/control")
                #expect(try await !lab.router.node.shell("nft list ruleset").contains("uplinkd"))
            }
        }
    }
}
