import Lab
import Testing

@Suite("Router advertisements on the wire")
struct RouterAdvertisementTests {
    @Test("one prefix, a lifetime, the sender's hardware address: as RFC 4861 writes them")
    func bytes() {
        let prefix: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 1] + [UInt8](repeating: 0, count: 10)
        let advertisement = RouterAdvertisement(
            lifetime: .seconds(1800), prefix: prefix, prefixLength: 64, hardware: [2, 0, 0x5e, 0, 0x53, 1])
        var expected: [UInt8] = [134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0]
        expected += [1, 1, 2, 0, 0x5e, 0, 0x53, 1]
        expected += [3, 4, 64, 0xc0, 0, 0, 0x1c, 0x20, 0, 0, 0x1c, 0x20, 0, 0, 0, 0] + prefix
        #expect(advertisement.bytes == expected)
    }

    @Test("a lifetime of zero says that the sender is no gateway any longer")
    func goodbye() {
        let bytes = RouterAdvertisement(
            lifetime: .zero, prefix: [UInt8](repeating: 0, count: 16), prefixLength: 64, hardware: [0, 0, 0, 0, 0, 0]
        ).bytes
        #expect(bytes[6...7].elementsEqual([0, 0]))
    }
}

extension InNamespaces {
    @Suite("IPv6 in the lab")
    struct IPv6Tests {
        private static func gateways(_ lab: Lab, by provider: Provider) async throws -> [String] {
            try await lab.router.defaultRoutes(over: .ipv6).filter { $0.dev == provider.interface && !$0.isOurs }.compactMap(\.gateway)
        }

        @Test("by masquerade a client reaches the Internet with the router's address, which autoconfiguration has made")
        func works() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                for address in Addresses.targets6 + [Addresses.server6] {
                    try lab.require("the client can ping \(address)", try await lab.client.node.canPing(address))
                }
                let protocols = try await lab.router.defaultRoutes(over: .ipv6).map(\.protocol)
                // RTPROT_RA.
                #expect(protocols == ["9", "9"])
                #expect(try await lab.client.wayOut(over: .ipv6) != nil)
            }
        }

        @Test("a provider drops a source that isn't its customer's, and nobody but masquerade helps a client")
        func spoofing() async throws {
            try await Lab.with { lab in
                // A way back, so that nothing but the provider stands between the client and an answer.
                let way = "ip route add 2001:db8:88::/64 via 2001:db8:1:ffff::1"
                try await lab.internet.node.shell(way)
                try await lab.telkom.node.shell("ip route add 2001:db8:88::/64 via \(Provider.linkLocalAddress) dev wan")
                try await lab.router.node.shell("ip -6 route del default dev usb0")
                #expect(try await !lab.client.node.canPing(Addresses.server6))
                try await lab.telkom.node.shell("ip -6 rule del pref 6")
                #expect(try await lab.client.node.canPing(Addresses.server6))
            }
        }

        @Test("a lifetime of zero, another gateway, silence: the router's default routes follow")
        func advertisements() async throws {
            try await Lab.with { lab in
                let telkom = Addresses.telkom
                #expect(try await Self.gateways(lab, by: telkom) == [Provider.linkLocalGateway])
                try await lab.telkom.moveGateway6()
                try await lab.eventually("the new gateway alone") {
                    try await Self.gateways(lab, by: telkom) == [Provider.otherLinkLocalGateway]
                }
                try await lab.telkom.moveGateway6Back()
                try await lab.eventually("the old one again") { try await Self.gateways(lab, by: telkom) == [Provider.linkLocalGateway] }
                try await lab.telkom.advertise(lifetime: .zero)
                try await lab.eventually("none") { try await Self.gateways(lab, by: telkom) == [] }
                #expect(try await Self.gateways(lab, by: Addresses.smartfren) == [Provider.linkLocalGateway])
                try await lab.telkom.advertise(lifetime: .seconds(1))
                try await lab.eventually("there again") { try await Self.gateways(lab, by: telkom) == [Provider.linkLocalGateway] }
                try await lab.telkom.stopAdvertising()
                try await lab.eventually("forgotten") {
                    try await lab.router.forgetExpiredRoutes()
                    return try await Self.gateways(lab, by: telkom) == []
                }
            }
        }

        @Test("after a cut cable, an unplugged modem and a dead gateway it is as before")
        func faults() async throws {
            try await Lab.with { lab in
                func answers(_ provider: Provider) async throws -> Bool {
                    try await lab.router.node.shell("ping -n -q -c 1 -W 0.4 -I \(provider.interface) \(Addresses.targets6[0]) || true")
                        .contains(" 1 received")
                }
                try await lab.telkom.cutCable()
                #expect(try await !answers(Addresses.telkom))
                try await lab.telkom.plugCable()
                try await lab.eventually("telkom carries") { try await answers(Addresses.telkom) }
                try await lab.smartfren.unplugModem()
                try await lab.smartfren.replugModem()
                try await lab.eventually("smartfren carries") { try await answers(Addresses.smartfren) }
                try await lab.telkom.killGateway()
                #expect(try await !answers(Addresses.telkom))
                try await lab.telkom.reviveGateway()
                try await lab.eventually("telkom carries again") { try await answers(Addresses.telkom) }
            }
        }

        @Test("without advertisements addresses and routes are static, and the WANs are quiet")
        func quiet() async throws {
            try await Lab.with(options: LabOptions(advertisements: nil)) { lab in
                #expect(try await Self.gateways(lab, by: Addresses.telkom) == [Provider.linkLocalGateway])
                #expect(try await lab.router.node.canPing(Addresses.targets6[0]))
                let protocols = try await lab.router.defaultRoutes(over: .ipv6).map(\.protocol)
                // Somebody typed them.
                #expect(protocols == [nil, nil])
            }
        }
    }
}
