import Engine
import Glibc
import Health
import KernelFake
import Model
import Plan
import Selection
import Testing

@Suite("The engine against a hostile box")
struct ResilienceTests {
    @Test("somebody who keeps deleting our route is answered a dozen times, then held back and named; when he stops, order returns")
    func fight() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let ours = try #require(world.kernel.allRoutes.first { $0.isOurs && $0.table == Route.mainTable && $0.metric == 1 })
        for _ in 0..<200 {
            world.kernel.deleteForeign(ours)
            world.look()
            world.run(for: .milliseconds(20))
        }
        #expect(world.engine.counters.repairs < 40)
        #expect(world.notices.contains { $0.kind == .repair && $0.severity == .warning })
        #expect(world.engine.kernelProblem != nil)
        world.run(for: .seconds(60))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.engine.kernelProblem == nil)
    }

    @Test("somebody who stops fighting and puts things right himself leaves the daemon with nothing to do, and idle")
    func fightEndsByItself() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let ours = try #require(world.kernel.allRoutes.first { $0.isOurs && $0.table == Route.mainTable && $0.metric == 1 })
        for _ in 0..<20 {
            world.kernel.deleteForeign(ours)
            world.look()
        }
        #expect(world.engine.kernelProblem != nil)
        world.kernel.addForeign(ours)
        world.look()
        world.run(for: .seconds(60))
        #expect(world.engine.kernelProblem == nil)
        #expect(try #require(world.engine.deadline) > world.now)
    }

    @Test(
        "forwarding that somebody switches off is put back; for as long as that is refused, the interface is named",
        arguments: ["br0", "eth0", "usb0"])
    func notForwarding(_ name: String) throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let interface = try #require(InterfaceName(name))
        try world.kernel.apply(.set(.forwarding, of: interface, to: 0))
        world.look()
        #expect(try world.kernel.snapshot(of: [interface]).interface(interface)?.settings[.forwarding] == 1)
        #expect(world.notices.contains { if case .repaired = $0 { true } else { false } })
        #expect(world.engine.problems(at: world.now).isEmpty)

        try world.kernel.apply(.set(.forwarding, of: interface, to: 0))
        world.kernel.refused[.set(.forwarding, of: interface, to: 1)] = EPERM
        world.look()
        #expect(world.engine.problems(at: world.now).contains(.notForwarded(interface)))
        world.kernel.refused = [:]
        world.run(for: .seconds(60))
        #expect(world.engine.problems(at: world.now).isEmpty)
    }

    @Test("a kernel that refuses one WAN's route doesn't keep the other from working; it is asked again, ever more rarely")
    func refusal() throws {
        let world = try World.office()
        let route = try #require(Route("default via 192.0.2.1 dev eth0 proto uplinkd metric 1"))
        world.kernel.refused[.addRoute(route)] = EINVAL
        world.start()
        world.run(for: .seconds(60))
        #expect(world.mainRoutes.contains("usb0 2"))
        #expect(world.engine.kernelProblem?.sentence.text.contains("Invalid argument") == true)
        let refusals = world.notices.count { $0.kind == .kernel && $0.severity == .error }
        #expect(refusals > 2 && refusals < 12)
        world.kernel.refused = [:]
        world.run(for: .seconds(60))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.engine.kernelProblem == nil)
    }

    @Test("a kernel that can't be read for a while costs nothing but time")
    func unreadable() throws {
        let world = try World.office()
        world.kernel.refusedSnapshots = ENOBUFS
        world.start()
        #expect(world.engine.kernelProblem != nil)
        world.kernel.refusedSnapshots = nil
        world.look()
        world.run(for: .seconds(1))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.engine.kernelProblem == nil)
    }

    @Test("while the kernel can't be read that is told, and nothing is done twice on an old reading; a switch is made all the same")
    func oldReading() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let ours = try #require(world.kernel.allRoutes.first { $0.isOurs && $0.table == Route.mainTable && $0.metric == 1 })
        world.kernel.deleteForeign(ours)
        world.look()
        let repairs = world.engine.counters.repairs
        // It is repaired, and the reading after that fails.
        world.kernel.deleteForeign(ours)
        let snapshot = try world.kernel.snapshot(of: world.engine.interfaces, lan: world.engine.lan)
        world.kernel.refusedSnapshots = ENOBUFS
        world.send(.snapshot(snapshot))
        world.run(for: .seconds(3))
        #expect(world.engine.counters.repairs == repairs + 1)
        #expect(world.engine.problems(at: world.now).map(\.sentence.code).contains("kernel-unreadable"))
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        #expect(world.kernel.allRoutes.contains { $0.isOurs && $0.table == Route.mainTable && $0.metric == 1001 })
        world.kernel.refusedSnapshots = nil
        world.run(for: .seconds(2))
        #expect(world.engine.problems(at: world.now).isEmpty)
    }

    @Test("clients whom somebody's rule leads elsewhere, or nowhere, are named with it for as long as it is so", arguments: ["usb0", nil])
    func strayingClients(_ name: String?) throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let way = ClientWay(
            lan: try #require(InterfaceName("br0")), family: .v4, interface: name.flatMap { InterfaceName($0) },
            table: name.map { _ in 101 },
            rule: 200)
        world.kernel.strays = [way]
        world.look()
        #expect(world.engine.problems(at: world.now) == [.clientsStray(way)])
        let sentence = try #require(world.engine.problems(at: world.now).first).sentence
        #expect(sentence.arguments["rule"] == "200" && sentence.text.contains("clients of br0") && sentence.text.contains("(rule 200"))
        world.kernel.strays = []
        world.look()
        #expect(world.engine.problems(at: world.now).isEmpty)
    }

    @Test("a LAN in a WAN's own network is named with both, in each family; two WANs may be alike")
    func overlapping() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let (br0, eth0) = (try #require(InterfaceName("br0")), try #require(InterfaceName("eth0")))
        let telkom = try #require(World.telkom)
        world.kernel.setAddresses([try #require(IPv4Prefix("192.0.2.100/25"))], of: br0)
        world.look()
        let found = world.engine.problems(at: world.now).compactMap {
            if case .overlapping(let lan, _, let wan, _) = $0 { (lan, wan) } else { nil }
        }
        #expect(found.count == 1 && found.first?.0 == br0 && found.first?.1 == telkom)
        world.kernel.setAddresses([try #require(IPv4Prefix("192.168.88.1/24"))], of: br0)
        world.kernel.setAddresses6([try #require(IPv6Prefix("2001:db8::1/64")), try #require(IPv6Prefix("fe80::1/64"))], of: br0)
        world.kernel.setAddresses6([try #require(IPv6Prefix("fe80::2/64"))], of: eth0)
        world.look()
        #expect(world.engine.problems(at: world.now).isEmpty)
        world.kernel.setAddresses6([try #require(IPv6Prefix("2001:db8::2/64"))], of: eth0)
        world.look()
        #expect(world.engine.problems(at: world.now).map(\.sentence.code).contains("overlapping"))
    }

    @Test("a target in the LAN is named: it says nothing about a WAN")
    func targetInLAN() throws {
        let world = World(settings: try World.settings(targets: ["gateway", "192.168.88.7"]))
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        world.start()
        #expect(world.engine.problems(at: world.now).map(\.sentence.code).filter { $0 == "target-in-lan" }.count == 2)
    }

    @Test("a default route by an interface that is no WAN is left alone, and named while it comes first")
    func stranger() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let tunnel = try #require(InterfaceName("tun0"))
        world.kernel.plug(tunnel, addresses: [try #require(IPv4Prefix("10.8.0.2/24"))])
        let route = Route(gateway: IPAddress("10.8.0.1"), interface: tunnel, routeProtocol: 4, metric: 0)
        world.kernel.addForeign(route)
        world.look()
        #expect(world.engine.stranger == tunnel)
        #expect(world.engine.carrying == nil)
        #expect(world.isSelected(World.telkom))
        #expect(world.kernel.allRoutes.contains(route))
        let told = world.notices.filter { $0.kind == .kernel && $0.severity == .warning }
        #expect(told.count == 1)
        world.kernel.deleteForeign(route)
        world.look()
        #expect(world.engine.stranger == nil)
        #expect(world.engine.carrying == World.telkom)
    }

    @Test("rules that somebody removes are put back, each place by itself", arguments: FirewallBackend.iptables.plan.places)
    func firewall(_ place: FirewallPlace) throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(1))
        let standing = world.firewall
        let applied = world.engine.counters.firewallApplied
        #expect(applied == 6)
        world.firewall[place] = [:]
        world.send(.firewallObserved(place, [:]))
        #expect(world.firewall == standing)
        #expect(world.engine.counters.firewallApplied == applied + 1)
    }

    @Test("sessions are known to be made without NAT while either family's rules are missing, and no longer when they stand")
    func masquerading() throws {
        let world = try World.office()
        #expect(!world.engine.isMasquerading)
        world.start()
        #expect(world.engine.isMasquerading)
        world.firewallError = "for a moment"
        for place in [FirewallPlace.nat, .nat6] {
            world.send(.firewallObserved(place, [:]))
            #expect(!world.engine.isMasquerading || place.isIPv6)
        }
        world.firewallError = nil
        world.run(for: .seconds(60))
        #expect(world.engine.isMasquerading)
        // A firewall without the marks interrupts a failback, and leaves no session without NAT.
        world.firewallError = "for a moment"
        world.send(.firewallObserved(.mangle, [:]))
        #expect(world.engine.isMasquerading)
        #expect(world.engine.firewallProblems.count == 1)
    }

    @Test("without iptables the routes work and the problem is named, once")
    func withoutFirewall() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(1))
        world.firewallError = "iptables-restore is not in PATH"
        for place in world.engine.desiredFirewall.places { world.send(.firewallFailed(place, error: "iptables-restore is not in PATH")) }
        world.run(for: .seconds(100))
        #expect(!world.engine.isNATInOrder)
        #expect(world.engine.natProblem == .failed(error: "iptables-restore is not in PATH"))
        #expect(world.engine.firewallProblems.count == 1)
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        // Said once, not at every try, nor for every table.
        #expect(world.notices.count { $0.kind == .firewall && $0.severity == .error } == 1)
        world.firewallError = nil
        world.run(for: .seconds(60))
        #expect(world.engine.isNATInOrder)
        #expect(world.engine.firewallProblems.isEmpty)
    }

    @Test("a box without ip6tables has its IPv4 in order, and one clear problem; none where no WAN wants IPv6")
    func withoutIPv6() throws {
        let world = try World.office()
        world.firewall6Error = "ip6tables-restore is not in PATH"
        world.start()
        #expect(world.engine.isNATInOrder && world.engine.isInOrder && world.engine.isMasquerading)
        #expect(
            world.engine.firewallProblems.map(\.sentence.text) == [
                "NAT doesn't work for IPv6, clients can't reach the Internet by it: ip6tables-restore is not in PATH"
            ])
        #expect(world.notices.count { $0.kind == .firewall && $0.severity == .error } == 1)
        var settings = world.engine.settings
        for index in settings.wans.indices { settings.wans[index].ipv6 = .off }
        world.configure(settings)
        for place in [FirewallPlace.nat6, .mangle6, .filter6] {
            world.send(.firewallFailed(place, error: "ip6tables-restore is not in PATH"))
        }
        #expect(world.engine.firewallProblems.isEmpty && world.engine.isInOrder)
        #expect(world.firewall[.nat6] == nil)
    }

    @Test("a place that somebody keeps changing is held back; the others aren't")
    func firewallFight() throws {
        let world = try World.office()
        world.start()
        for _ in 0..<100 { world.send(.firewallObserved(.mangle6, [:])) }
        #expect(world.engine.firewallProblems.count == 1)
        #expect(world.engine.counters.firewallApplied < 30)
        world.firewall[.nat] = [:]
        world.send(.firewallObserved(.nat, [:]))
        #expect(world.engine.isNATInOrder)
        world.run(for: .seconds(60))
        #expect(world.engine.firewallProblems.isEmpty)
    }

    @Test("another firewall by a reload: nothing is believed of it that the old one said")
    func otherFirewall() throws {
        let world = try World.office()
        world.start()
        var settings = world.engine.settings
        settings.iptables = .legacy
        #expect(try world.configureUnanswered(settings).looks == [.nat, .mangle, .filter, .nat6, .mangle6, .filter6])
        #expect(!world.engine.isNATInOrder)
        settings.firewall = .nftables
        #expect(try world.configureUnanswered(settings).looks == [.inet, .fastPath])
        #expect(world.engine.desiredFirewall.places == [.inet, .fastPath])
        let applied = world.engine.handle(.firewallObserved(.inet, [:]), at: world.now)
        #expect(applied.contains { if case .applyFirewall(let restore) = $0 { restore.place == .inet } else { false } })
    }

    @Test("whatever happened, in whatever order: quiet brings order", arguments: 1...8)
    func storm(seed: Int) throws {
        var random = Generator(state: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15)
        let world = try World.office(hold: .seconds(2), metrics: seed % 2 == 0 ? (100, 200) : (0, 0))
        world.start()
        let names = try ["eth0", "usb0"].map { try #require(InterfaceName($0)) }
        let wans = try [World.telkom, World.smartfren].map { try #require($0) }
        for _ in 0..<300 {
            let which = Int(random.next() % 2)
            switch random.next() % 9 {
            case 0: world.kernel.setCarrier(random.next() % 2 == 0, names[which])
            case 1: world.kernel.unplug(names[which])
            case 2: which == 0 ? try world.plugTelkom(metric: UInt32(random.next() % 2) * 100) : try world.plugSmartfren(metric: 0)
            case 3: world.silentUpstreams.formSymmetricDifference([wans[which]])
            case 4: world.silentWANs.formSymmetricDifference([wans[which]])
            case 5: if let route = world.kernel.allRoutes.randomElement(using: &random) { world.kernel.deleteForeign(route) }
            case 6: world.send(.pinned(random.next() % 3 == 0 ? wans[which] : nil))
            case 7:
                world.kernel.addForeign(Route(gateway: IPAddress(World.telkomGateway), interface: names[0], routeProtocol: 3, metric: 0))
            default: world.kernel.setUp(random.next() % 4 != 0, names[which])
            }
            if random.next() % 4 != 0 { world.look() }
            world.run(for: .milliseconds(Int(random.next() % 900)))
        }
        // Peace: everything is plugged in and answers.
        world.silentUpstreams = []
        world.silentWANs = []
        try world.plugTelkom()
        try world.plugSmartfren()
        world.send(.pinned(nil))
        world.look()
        world.run(for: .seconds(120))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.engine.isInOrder)
        #expect(world.engine.carrying == World.telkom)
    }
}

/// SplitMix64: the same numbers in every run.
private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
