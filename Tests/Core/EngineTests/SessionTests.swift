@testable import Engine
import Health
import KernelFake
import Model
import Plan
import Testing

@Suite("What becomes of sessions")
struct SessionTests {
    static let telkomMark: UInt32 = 0x0100_0000
    static let smartfrenMark: UInt32 = 0x0200_0000
    static let mask = MarkMask.standard.bits

    private func ofTelkom() throws -> SessionSweep.Scope {
        .wan(mark: Self.telkomMark, mask: Self.mask, addresses: [.v4(try #require(IPv4Address("192.0.2.7")))])
    }

    private func ofSmartfren() throws -> SessionSweep.Scope {
        .wan(mark: Self.smartfrenMark, mask: Self.mask, addresses: [.v4(try #require(IPv4Address("198.51.100.7")))])
    }

    /// Both WANs up, telkom selected, nothing swept yet. The first NAT has been put in, which sweeps what began without it.
    private func office(metered: Bool = false, drain: Drain? = nil, thresholds: Thresholds = Thresholds()) throws -> World {
        let world = try World.office(metered: metered)
        if drain != nil || thresholds != Thresholds() {
            var settings = try World.settings(metered: metered, thresholds: thresholds)
            if let drain { for index in settings.wans.indices { settings.wans[index].drain = drain } }
            world.engine = Engine(settings: settings, at: world.now)
        }
        world.deleted = 3
        world.start()
        world.run(for: .seconds(30))
        world.sweeps = []
        world.notices = []
        return world
    }

    private func rules(_ world: World) -> [UInt32] {
        world.kernel.allRules.filter { $0.family == .v4 && $0.mark != 0 }.map(\.table).sorted()
    }

    @Test("a WAN that fails loses its rule, and then its sessions, and once more a moment later; no other WAN's are touched")
    func failover() throws {
        let world = try office()
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        #expect(rules(world) == [8502])
        #expect(world.sweeps.map(\.scope) == [try ofTelkom()])
        let moved = world.notices.filter { $0.kind == .sessions }
        #expect(moved.map(\.message) == ["3 sessions moved from telkom to smartfren."])
        #expect(moved == [.sessionsMoved(.init(count: 3, from: World.telkom, to: World.smartfren))])
        world.run(for: .milliseconds(499))
        #expect(world.sweeps.count == 1)
        world.run(for: .seconds(60))
        #expect(world.sweeps.map(\.scope) == [try ofTelkom(), try ofTelkom()])
        #expect(world.engine.counters.sessionsMoved >= 6)
    }

    @Test("clients are told of what is taken from a WAN, unless that is off; not of what never had an answer")
    func told() throws {
        for telling in Telling.allCases {
            let world = try office(metered: true)
            var settings = world.engine.settings
            settings.tellsClients = telling
            world.configure(settings)
            world.silentUpstreams = [try #require(World.telkom)]
            world.run(until: { $0.isSelected(World.smartfren) })
            world.silentUpstreams = []
            world.run(for: .seconds(3600))
            let scopes = world.sweeps.map { sweep in
                switch sweep.scope {
                case .wan: "failover"
                case .classes, .allBut: "drain"
                case .unmasqueraded, .strayed: "unmasqueraded"
                case .only: "of one family"
                }
            }
            #expect(Set(scopes).isSuperset(of: ["failover", "drain"]))
            for (sweep, scope) in zip(world.sweeps, scopes) {
                #expect(sweep.isTold == (telling == .on && scope != "unmasqueraded"), "\(scope)")
            }
        }
    }

    @Test("what began by another way while no WAN carried anything is swept when one does, after its route; at no other time")
    func strayed() throws {
        let world = try office()
        let (eth0, usb0) = (try #require(InterfaceName("eth0")), try #require(InterfaceName("usb0")))
        let strayed = { (world: World) in
            world.sweeps.filter { if case .strayed = $0.scope { true } else { false } }
        }
        // One is left, and the other one comes back.
        world.kernel.setCarrier(false, eth0)
        world.look()
        world.run(for: .seconds(5))
        world.kernel.setCarrier(true, eth0)
        world.look()
        world.run(for: .seconds(60))
        #expect(world.isSelected(World.telkom) && strayed(world).isEmpty)
        for interface in [eth0, usb0] { world.kernel.setCarrier(false, interface) }
        world.look()
        world.run(for: .seconds(2))
        #expect(strayed(world).isEmpty)
        world.commands = []
        for interface in [eth0, usb0] { world.kernel.setCarrier(true, interface) }
        world.look()
        world.run(for: .seconds(60))
        let br0 = try #require(InterfaceName("br0"))
        #expect(strayed(world).map(\.scope) == [.strayed(.v4, lan: [br0], wans: [eth0, usb0], mask: Self.mask)])
        #expect(strayed(world).allSatisfy { !$0.isTold })
    }

    @Test("in one step routes and rules come before the sweep")
    func order() throws {
        let world = try office()
        world.kernel.setCarrier(false, try #require(InterfaceName("eth0")))
        let effects = world.engine.handle(.snapshot(try world.kernel.snapshot(of: world.engine.interfaces)), at: world.now)
        let kinds = effects.compactMap { effect in
            switch effect {
            case .apply: "apply"
            case .sweep: "sweep"
            default: nil
            }
        }
        #expect(kinds == ["apply", "sweep"])
    }

    @Test("a failback that overtakes the sweep: sessions don't move from a WAN to itself")
    func overtaken() throws {
        let world = try office()
        world.kernel.setCarrier(false, try #require(InterfaceName("eth0")))
        let effects = world.engine.handle(.snapshot(try world.kernel.snapshot(of: world.engine.interfaces)), at: world.now)
        let id = try #require(effects.compactMap { if case .sweep(let sweep) = $0 { sweep.id } else { nil } }.first)
        world.kernel.setCarrier(true, try #require(InterfaceName("eth0")))
        world.look()
        world.run(until: { $0.isSelected(World.telkom) })
        let told = world.engine.handle(.swept(id: id, SweepOutcome(deleted: 7)), at: world.now)
        #expect(told.contains { if case .notify(let told) = $0 { told.message == "7 sessions moved from telkom." } else { false } })
    }

    @Test("a failback moves nobody: the WAN left keeps its rule and its sessions for as long as they last")
    func failback() throws {
        let world = try office()
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        world.run(for: .seconds(60))
        world.silentUpstreams = []
        world.sweeps = []
        world.run(until: { $0.isSelected(World.telkom) })
        world.run(for: .seconds(3600 * 5))
        #expect(world.sweeps == [])
        #expect(rules(world) == [8501, 8502])
        #expect(world.engine.drainEnd(of: try #require(World.smartfren)) == nil)
    }

    @Test("on a metered WAN sessions may stay for ten minutes after a failback; then what is left is moved, and told")
    func metered() throws {
        let world = try office(metered: true)
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        world.run(for: .seconds(3600))
        world.silentUpstreams = []
        world.sweeps = []
        world.notices = []
        world.run(until: { $0.isSelected(World.telkom) })
        #expect(world.engine.drainEnd(of: try #require(World.smartfren)) == world.now + .seconds(600))
        world.run(for: .seconds(599))
        #expect(world.sweeps == [])
        world.run(for: .seconds(1))
        #expect(world.sweeps.map(\.scope) == [.allBut([], mark: Self.smartfrenMark, mask: Self.mask)])
        #expect(
            world.notices.filter { $0.kind == .sessions }.map(\.message) == [
                "3 sessions moved from smartfren to telkom: their time there was over."
            ])
        world.run(for: .seconds(3600))
        #expect(world.sweeps.count == 1)
        #expect(rules(world) == [8501, 8502])
    }

    @Test("classes of sessions go each at its time")
    func classes() throws {
        let sip = SessionClass(transport: 17, ports: [5060...5060])
        let tcp = SessionClass(transport: 6)
        let world = try office(
            drain: Drain(limit: .seconds(60), classes: [DrainClass(sip, limit: .zero), DrainClass(tcp, limit: .seconds(300))]))
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        world.run(for: .seconds(3600))
        world.silentUpstreams = []
        world.sweeps = []
        world.run(until: { $0.isSelected(World.telkom) })
        #expect(world.sweeps.map(\.scope) == [.classes([sip], mark: Self.smartfrenMark, mask: Self.mask)])
        world.run(for: .seconds(60))
        #expect(world.sweeps.map(\.scope).last == .allBut([sip, tcp], mark: Self.smartfrenMark, mask: Self.mask))
        world.run(for: .seconds(240))
        #expect(world.sweeps.map(\.scope).last == .classes([tcp], mark: Self.smartfrenMark, mask: Self.mask))
        #expect(world.sweeps.count == 3)
    }

    @Test("with no WAN that stands ready nothing is deleted; when one comes back, the others' sessions move to it")
    func owed() throws {
        let world = try office()
        world.silentUpstreams = [try #require(World.telkom), try #require(World.smartfren)]
        world.run(until: { $0.engine.healths.allSatisfy { $0.state == .down } })
        world.run(for: .seconds(60))
        #expect(world.sweeps == [])
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        #expect(world.sweeps.map(\.scope) == [try ofTelkom()])
    }

    @Test("when the WAN that failed is itself the first to be back, its sessions are left alone")
    func spared() throws {
        let world = try office()
        world.silentUpstreams = [try #require(World.telkom), try #require(World.smartfren)]
        world.run(until: { $0.engine.healths.allSatisfy { $0.state == .down } })
        world.silentUpstreams = [try #require(World.smartfren)]
        world.run(until: { $0.isSelected(World.telkom) })
        world.run(for: .seconds(60))
        #expect(!world.sweeps.map(\.scope).contains(try ofTelkom()))
        #expect(world.sweeps.map(\.scope).contains(try ofSmartfren()))
    }

    @Test("a backup that fails with sessions on it is swept, though it carries no new ones")
    func failingBackup() throws {
        let world = try office()
        world.silentUpstreams = [try #require(World.smartfren)]
        world.run(until: { $0.engine.healths.contains { $0.state == .down } })
        world.run(for: .seconds(2))
        #expect(world.isSelected(World.telkom))
        #expect(world.sweeps.map(\.scope) == [try ofSmartfren(), try ofSmartfren()])
        #expect(rules(world) == [8501])
    }

    @Test("the operator's switch moves new sessions alone")
    func operators() throws {
        let world = try office()
        world.send(.pinned(World.smartfren))
        #expect(world.isSelected(World.smartfren))
        world.run(for: .seconds(3600))
        #expect(world.sweeps == [])
        #expect(rules(world) == [8501, 8502])
    }

    @Test("a lossy WAN that is left for a better one is left by everybody; as the backup it keeps what it has")
    func lossy() throws {
        let thresholds = Thresholds(loss: .init(leave: 0.2, back: 0.1))
        let world = try office(thresholds: thresholds)
        world.loss = [try #require(World.telkom): 0.5]
        world.run(until: { $0.isSelected(World.smartfren) })
        #expect(world.sweeps.map(\.scope) == [try ofTelkom()])
        let other = try office(thresholds: thresholds)
        other.loss = [try #require(World.smartfren): 0.5]
        other.run(until: { $0.engine.healths.contains { $0.state == .impaired } })
        other.run(for: .seconds(60))
        #expect(other.sweeps == [])
        #expect(rules(other) == [8501, 8502])
    }

    @Test("the addresses of a modem that is gone are swept all the same")
    func unplugged() throws {
        let world = try office()
        world.kernel.unplug(try #require(InterfaceName("eth0")))
        world.look()
        #expect(world.sweeps.map(\.scope) == [try ofTelkom()])
    }

    @Test("what goes by an address that two modems share could be the other's: their sessions are told apart by mark alone")
    func sameAddress() throws {
        let world = try World.office()
        world.kernel.plug(try #require(InterfaceName("usb0")), addresses: [try #require(IPv4Prefix("192.0.2.7/24"))])
        world.kernel.addForeign(
            Route(
                gateway: IPAddress("192.0.2.1"), interface: try #require(InterfaceName("usb0")), routeProtocol: 16, metric: 200))
        world.start()
        world.run(for: .seconds(30))
        world.sweeps = []
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        #expect(world.sweeps.map(\.scope) == [.wan(mark: Self.telkomMark, mask: Self.mask, addresses: [])])
    }

    @Test("a daemon that starts anew keeps the sessions of a WAN that it hasn't heard of yet, and their rule")
    func restart() throws {
        let world = try office()
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        world.run(for: .seconds(60))
        world.silentUpstreams = []
        world.run(until: { $0.isSelected(World.telkom) })
        world.sweeps = []
        world.commands = []
        world.engine = Engine(settings: world.engine.settings, undo: world.engine.undo, at: world.now)
        world.start()
        world.run(for: .seconds(60))
        #expect(!world.commands.contains { $0.contains("rule") })
        #expect(rules(world) == [8501, 8502])
        #expect(world.sweeps == [])
    }

    @Test("what began while masquerade was missing is swept when it stands again, in each family; not where it stood all along")
    func unmasqueraded() throws {
        let world = try office()
        for place in [FirewallPlace.nat, .nat6] {
            world.firewall[place] = [:]
            world.send(.firewallObserved(place, [:]))
        }
        let lan = [try #require(InterfaceName("br0"))]
        let wans = [try #require(InterfaceName("eth0")), try #require(InterfaceName("usb0"))]
        #expect(
            Set(world.sweeps.map(\.scope)) == [
                .unmasqueraded(.v4, lan: lan, wans: wans, mask: Self.mask), .unmasqueraded(.v6, lan: lan, wans: wans, mask: Self.mask),
            ])
        #expect(
            world.notices.filter { $0.kind == .sessions }.map(\.message).first
                == "3 sessions that began without masquerade will begin anew.")
        world.sweeps = []
        world.engine = Engine(settings: world.engine.settings, undo: world.engine.undo, at: world.now)
        world.start()
        #expect(world.sweeps == [])
    }

    @Test("a sweep that is refused is told once, in status until one succeeds, and the failover goes on")
    func refused() throws {
        let world = try office()
        world.sweepError = "Operation not permitted"
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        world.run(for: .seconds(5))
        #expect(world.sweeps.count == 2)
        #expect(
            world.notices.filter { $0.kind == .sessions }.map(\.message) == [
                "The sessions of telkom can't be deleted, and move by themselves at best: Operation not permitted"
            ])
        #expect(world.engine.sessionProblem == .sessionsStuck(error: "Operation not permitted"))
        world.sweepError = nil
        world.silentUpstreams = [try #require(World.smartfren)]
        world.run(until: { $0.engine.sessionProblem == nil })
        #expect(world.engine.sessionProblem == nil)
    }

    @Test("a WAN that the configuration drops is swept, too")
    func dropped() throws {
        let world = try office()
        var settings = world.engine.settings
        settings.wans.removeAll { $0.name == World.smartfren }
        world.configure(settings)
        world.run(for: .seconds(5))
        let swept = world.sweeps.map(\.scope).filter { if case .wan = $0 { true } else { false } }
        #expect(swept == [try ofSmartfren(), try ofSmartfren()])
    }

    @Test("explain says how long sessions may stay on a WAN that stands by")
    func explained() throws {
        let world = try office(metered: true)
        // What has never carried has no sessions.
        world.send(.pinned(World.smartfren))
        world.run(for: .seconds(1))
        world.send(.pinned(nil))
        world.run(until: { $0.isSelected(World.telkom) })
        world.run(for: .seconds(60))
        let sentence = world.engine.explanation(at: world.now).first { $0.wan == World.smartfren }?.text ?? ""
        #expect(sentence.contains("; it stands by; sessions that are on it may stay for 5"), "\(sentence)")
        #expect(world.engine.isDraining(try #require(World.smartfren)))
        #expect(try !world.engine.isDraining(#require(World.telkom)))
    }
}

@Suite("What keeps clients from IPv6")
struct IPv6ProblemTests {
    /// - Parameter lan: addresses of the LAN's interface.
    private func problems(
        lan: String = "fd00::1/64", forwards: Bool = true, acceptsRA: Int = 2, telkomHasGateway: Bool = true
    ) throws -> [String] {
        let world = try World.office()
        var snapshot = try world.kernel.snapshot(of: world.engine.interfaces)
        for index in snapshot.interfaces.indices {
            snapshot.interfaces[index].forwards6 = forwards
            snapshot.interfaces[index].acceptsRA = acceptsRA
            let isLAN = snapshot.interfaces[index].name.description == "br0"
            snapshot.interfaces[index].addresses6 = [try #require(IPv6Prefix(isLAN ? lan : "2001:db8::\(index)/64"))]
        }
        for name in telkomHasGateway ? ["eth0", "usb0"] : ["usb0"] {
            snapshot.routes.append(
                Route(
                    family: .v6, gateway: IPAddress("fe80::1"), interface: try #require(InterfaceName(name)), routeProtocol: 9, metric: 1024
                ))
        }
        _ = world.engine.handle(.snapshot(snapshot), at: world.now)
        return world.engine.ipv6Problems.map(\.sentence.text)
    }

    @Test("nothing, where it is set up")
    func none() throws { #expect(try problems() == []) }

    @Test("that the LAN's isn't forwarded is said where the LAN has IPv6")
    func forwarding() throws {
        #expect(try problems(forwards: false) == ["IPv6 of the LAN isn't forwarded: sysctl -w net.ipv6.conf.all.forwarding=1"])
        #expect(try problems(lan: "fe80::1/64", forwards: false) == [])
    }

    @Test("that a WAN takes no advertisements is said where it has no gateway for that")
    func advertisements() throws {
        #expect(
            try problems(acceptsRA: 1, telkomHasGateway: false) == [
                "eth0 takes no router advertisements while it forwards: sysctl -w net.ipv6.conf.eth0.accept_ra=2"
            ])
        #expect(try problems(acceptsRA: 1) == [])
        #expect(try problems(acceptsRA: 2, telkomHasGateway: false) == [])
    }
}
