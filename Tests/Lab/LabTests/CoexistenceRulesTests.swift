import Lab
import Testing

extension BesideOthers.Coexistence {
    /// Programs that can't run in a namespace of the lab: their rules, as they write them.
    @Suite("The rules of others")
    struct RulesTests {
        @Test(
            "Docker's policy keeps the LAN in until DOCKER-USER lets it out; its start and restart leave uplinkd's rules alone",
            arguments: DockerRules.allCases)
        func docker(rules: DockerRules) async throws {
            try await Neighbourhood.with { box in
                try await box.lab.router.node.shell(rules.start)
                try await box.lab.eventually("nothing gets out") { try await box.lab.client.wayOut() == nil }
                let told = try await box.check()
                #expect(told.contains("iptables -I DOCKER-USER -i br0 -o eth0 -j ACCEPT"), "\(told)")
                try await box.daemon.control(["reload"])
                try await box.lab.eventually("status says so too") { try await box.daemon.control(["status"]).contains("DOCKER-USER") }
                for wan in ["eth0", "usb0"] {
                    try await box.lab.router.node.shell(
                        """
                        iptables -I DOCKER-USER -i br0 -o \(wan) -j ACCEPT
                        iptables -I DOCKER-USER -i \(wan) -o br0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                        """)
                }
                try await box.isWell()
                let content = try await box.check()
                #expect(!content.contains("iptables -I DOCKER-USER"), "\(content)")
                try await box.lab.eventually("it is no longer said", within: .seconds(120)) {
                    try await !box.daemon.control(["status"]).contains("DOCKER-USER")
                }
                try await box.failsOverAndBack()
                try await box.lab.router.node.shell(rules.start)
                try await box.failsOverAndBack()
                try await box.isNoFight()
                try await box.leavesOthersAlone()
            }
        }

        @Test("rules that lead the LAN past ours, or bar it, are named by status; so is a route that bars the whole box")
        func pastOurs() async throws {
            try await Neighbourhood.with { box in
                func told(_ words: String, after script: String) async throws {
                    try await box.lab.router.node.shell(script)
                    try await box.lab.eventually("status says: \(words)") {
                        try await box.daemon.control(["status"]).contains(words)
                    }
                }
                try await box.isWell()
                try await told(
                    "clients of br0 leave by usb0, whichever WAN is selected: somebody's rule or route for them comes before ours (rule 200, table 101",
                    after: "ip route add default dev usb0 table 101; ip rule add pref 200 from 192.168.88.0/24 lookup 101")
                try await told(
                    "clients of br0 can't get out: somebody's rule or route for them comes before ours (rule 199",
                    after: "ip rule add pref 199 from 192.168.88.0/24 unreachable")
                try await told(
                    "nothing leaves the box: somebody's rule or route refuses it",
                    after: "ip rule del pref 199; ip rule del pref 200; ip route add blackhole default")
                try await box.lab.router.node.shell("ip route del blackhole default")
                try await box.lab.eventually("nothing is wrong any more") { try await !box.daemon.control(["status"]).contains("somebody") }
                try await box.isWell()
            }
        }

        @Test("Tailscale's marks and rules don't meet ours; a gateway in 100.64.0.0/10 is dropped by them, and the WAN stays up without it")
        func tailscale() async throws {
            try await Neighbourhood.with { box in
                try await box.lab.router.node.shell(TailscaleRules.start)
                try await box.lab.eventually("the gateway's answers are dropped, and the other targets' aren't") {
                    guard let telkom = try await box.daemon.status().wan(Addresses.telkom), telkom.health == "up" else { return false }
                    let silent = (telkom.targets ?? []).filter { $0.answered == false }.map(\.target)
                    return silent.count == 1
                }
                let told = try await box.check()
                #expect(!told.contains("Tailscale"), "\(told)")
                try await box.failsOverAndBack()
                try await box.lab.router.node.shell(TailscaleRules.start)
                try await box.failsOverAndBack()
                try await box.isNoFight()
                try await box.leavesOthersAlone()
            }
        }
    }
}
