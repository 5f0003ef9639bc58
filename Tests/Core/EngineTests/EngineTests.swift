import Engine
import Health
import KernelFake
import Model
import Plan
import Selection
import Testing

@Suite("The engine in an office")
struct EngineTests {
    @Test("from nothing to order: both WANs in the order of their metrics, masquerade by both")
    func start() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(1))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        for place in [FirewallPlace.nat, .nat6] {
            #expect(
                world.firewall[place]?["UPLINKD_NAT"] == [
                    "-m policy --dir out --pol ipsec -j RETURN", "-o eth0 -j MASQUERADE", "-o usb0 -j MASQUERADE",
                ])
            #expect(world.firewall[place]?["POSTROUTING"] == ["-j UPLINKD_MARK_POST", "-j UPLINKD_NAT"])
        }
        #expect(world.firewall[.mangle]?["PREROUTING"] == ["-j UPLINKD_RESTORE_PRE"])
        #expect(world.engine.isFirewallSettled && world.engine.isMasquerading)
        #expect(world.engine.isInOrder)
        #expect(world.engine.carrying == World.telkom)
        #expect(world.engine.counters.switches == 0)
    }

    @Test("a silent upstream moves the traffic within a second, and back after the hold, one switch each")
    func silentUpstream() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(30))
        world.commands = []
        world.silentUpstreams = [try #require(World.telkom)]
        let out = try #require(world.run(until: { $0.isSelected(World.smartfren) }))
        #expect(out < .seconds(1))
        #expect(
            world.commands == [
                "ip route prepend default via 192.0.2.1 dev eth0 proto uplinkd metric 1001",
                "ip rule del pref 8501 fwmark 0x1000000/0xf000000 lookup 8501 proto uplinkd",
                "ip route del default via 192.0.2.1 dev eth0 proto uplinkd metric 1",
            ])
        #expect(world.mainRoutes == ["usb0 2", "eth0 1001"])
        world.run(for: .seconds(60))
        #expect(world.isSelected(World.smartfren))
        world.silentUpstreams = []
        let back = try #require(world.run(until: { $0.isSelected(World.telkom) }))
        #expect(back >= .seconds(10) && back < .seconds(12))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.engine.counters.switches == 2)
        let switches = world.notices.compactMap(\.switched).filter { $0.from != nil }
        #expect(switches.suffix(2).map(\.direction) == [.failover, .failback])
    }

    @Test("a cut cable moves the traffic at the notice, a plugged one after the hold")
    func cable() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        world.kernel.setCarrier(false, try #require(InterfaceName("eth0")))
        world.look()
        #expect(world.isSelected(World.smartfren))
        #expect(world.mainRoutes == ["usb0 2", "eth0 1001"])
        world.kernel.setCarrier(true, try #require(InterfaceName("eth0")))
        world.look()
        #expect(world.isSelected(World.smartfren))
        let back = try #require(world.run(until: { $0.isSelected(World.telkom) }))
        #expect(back >= .seconds(10) && back < .seconds(11))
    }

    @Test("a daemon that comes back while the backup carries the traffic leaves it there until the first choice has proven itself")
    func restart() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        // kill -9, and another daemon over the same kernel.
        let next = World(settings: world.engine.settings, kernel: world.kernel, undo: world.engine.undo, at: world.now + .seconds(5))
        next.firewall = world.firewall
        next.silentUpstreams = world.silentUpstreams
        next.start()
        #expect(next.commands.filter { $0.contains("eth0 proto uplinkd metric 1\n") }.isEmpty)
        next.run(for: .seconds(30))
        #expect(next.isSelected(World.smartfren))
        #expect(next.engine.counters.switches == 0)
        next.silentUpstreams = []
        #expect(try #require(next.run(until: { $0.isSelected(World.telkom) })) >= .seconds(10))
    }

    @Test("a first choice that came back while there was no daemon has to prove itself all the same")
    func restartAfterRecovery() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        let next = World(settings: world.engine.settings, kernel: world.kernel, undo: world.engine.undo, at: world.now + .seconds(5))
        next.firewall = world.firewall
        next.start()
        let back = try #require(next.run(until: { $0.isSelected(World.telkom) }))
        #expect(back >= .seconds(10) && back < .seconds(11))
    }

    @Test("a restart in good order changes nothing at all")
    func quietRestart() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let next = World(settings: world.engine.settings, kernel: world.kernel, undo: world.engine.undo, at: world.now + .seconds(5))
        next.firewall = world.firewall
        next.start()
        next.run(for: .seconds(5))
        // Until the backup has answered it is at its demoted metric for some milliseconds; the one that carries isn't touched.
        #expect(next.commands.allSatisfy { !$0.contains("eth0") })
        #expect(next.mainRoutes == ["eth0 1", "usb0 2"])
    }

    @Test("a first choice that appears late takes over as soon as it answers, and not before")
    func lateFirstChoice() throws {
        let world = World(settings: try World.settings())
        try world.plugSmartfren()
        world.start()
        world.run(for: .seconds(5))
        #expect(world.isSelected(World.smartfren))
        try world.plugTelkom()
        world.silentWANs = [try #require(World.telkom)]
        world.look()
        world.run(for: .seconds(30))
        #expect(world.isSelected(World.smartfren))
        world.silentWANs = []
        #expect(world.run(until: { $0.isSelected(World.telkom) }) != nil)
    }

    @Test("a modem that is unplugged and comes back with another index is probed anew and takes its place")
    func replug() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        world.kernel.unplug(try #require(InterfaceName("usb0")))
        world.look()
        #expect(world.mainRoutes == ["eth0 1"])
        #expect(world.engine.healths.last?.state == .absent)
        try world.plugSmartfren()
        world.look()
        world.run(for: .seconds(12))
        #expect(world.engine.healths.last?.state == .up)
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
    }

    @Test("a gateway that DHCP changes is followed, new route first, without a switch")
    func gatewayChange() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        world.commands = []
        let name = try #require(InterfaceName("eth0"))
        world.kernel.deleteForeign(Route(gateway: IPAddress(World.telkomGateway), interface: name, routeProtocol: 16, metric: 100))
        world.kernel.addForeign(Route(gateway: IPAddress("192.0.2.254"), interface: name, routeProtocol: 16, metric: 100))
        world.look()
        #expect(world.commands.first == "ip route prepend default via 192.0.2.254 dev eth0 proto uplinkd metric 1")
        world.run(for: .seconds(5))
        #expect(world.engine.healths.first?.gateway == IPAddress("192.0.2.254"))
        #expect(world.engine.counters.switches == 0)
    }

    @Test("a DHCP client's route with metric 0 is moved behind ours, and its renewals too")
    func metricZero() throws {
        let world = try World.office(metrics: (0, 0))
        world.start()
        world.run(for: .seconds(5))
        let name = try #require(InterfaceName("eth0"))
        let original = Route(gateway: IPAddress(World.telkomGateway), interface: name, routeProtocol: 16, metric: 0)
        #expect(!world.kernel.allRoutes.contains(original))
        #expect(world.engine.undo.displaced.contains(original))
        world.kernel.addForeign(original)
        world.look()
        #expect(!world.kernel.allRoutes.contains(original))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.engine.isInOrder)
    }

    @Test("`ip route del default` takes a route, not the gateway: ours is back at once, whoever's route went")
    func routeDeleted() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let name = try #require(InterfaceName("eth0"))
        for route in world.kernel.allRoutes where route.interface == name && route.table == Route.mainTable {
            world.kernel.deleteForeign(route)
        }
        world.look()
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.engine.counters.repairs == 1)
        #expect(world.engine.counters.switches == 0)
    }

    @Test("a lease that is lost is told as such, and its WAN's routes go")
    func leaseLost() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        world.kernel.setAddresses([], of: try #require(InterfaceName("eth0")))
        world.look()
        #expect(world.engine.healths.first?.state == .noGateway)
        #expect(world.isSelected(World.smartfren))
        #expect(world.mainRoutes == ["usb0 2"])
    }

    @Test("with every WAN down the routes stay in order, and the first that answers gets the traffic without waiting for the hold")
    func allDown() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        world.silentWANs = Set([World.telkom, World.smartfren].compactMap { $0 })
        world.run(until: { $0.isSelected(nil) })
        #expect(world.mainRoutes == ["eth0 1001", "usb0 1002"])
        world.run(for: .seconds(600))
        world.silentWANs = Set([World.telkom].compactMap { $0 })
        #expect(try #require(world.run(until: { $0.isSelected(World.smartfren) })) < .seconds(2))
        #expect(world.mainRoutes == ["usb0 2", "eth0 1001"])
    }

    @Test("the standby is asked the moment the selected WAN becomes suspect, however rarely it is probed otherwise")
    func standbyAsked() throws {
        let world = try World.office(metered: true)
        world.start()
        world.run(for: .seconds(100))
        let before = world.engine.healths.last?.targets.compactMap(\.lastAnswerAt).max() ?? .start
        #expect(world.now - before > .milliseconds(500))
        world.silentUpstreams = [try #require(World.telkom)]
        world.run(until: { $0.isSelected(World.smartfren) })
        let after = try #require(world.engine.healths.last?.targets.compactMap(\.lastAnswerAt).max())
        #expect(world.now - after < .milliseconds(500))
    }

    @Test("the operator's choice holds until it is given back, survives a fault of that WAN, and is refused for one that is down")
    func pin() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        try world.engine.permit(switchTo: World.smartfren, force: false, at: world.now)
        world.send(.pinned(World.smartfren))
        #expect(world.mainRoutes == ["usb0 2", "eth0 1001"])
        world.silentWANs = [try #require(World.smartfren)]
        world.run(until: { $0.isSelected(World.telkom) })
        #expect(throws: SwitchRefusal.self) { try world.engine.permit(switchTo: World.smartfren, force: false, at: world.now) }
        try world.engine.permit(switchTo: World.smartfren, force: true, at: world.now)
        world.silentWANs = []
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        world.send(.pinned(nil))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
    }

    @Test("a reload that changes only the probes moves nothing; one that drops a WAN takes back what was its")
    func reload() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        world.commands = []
        world.configure(try World.settings(targets: ["203.0.113.9"]))
        world.run(for: .seconds(5))
        #expect(world.commands.isEmpty)
        #expect(world.engine.healths.allSatisfy { $0.state == .up })

        var smaller = try World.settings()
        smaller.wans.removeLast()
        world.configure(smaller)
        #expect(world.mainRoutes == ["eth0 1"])
        #expect(world.commands.contains("sysctl -w net.ipv4.conf.usb0.forwarding=0"))
        #expect(world.engine.undo.settings.keys.contains { $0.description == "usb0" } == false)
        world.configure(try World.settings())
        world.run(for: .seconds(2))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.engine.counters.switches == 0)
    }

    @Test("an engine is a value: a copy does the same")
    func value() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(3))
        var copy = world.engine
        #expect(copy == world.engine)
        let later = world.now + .milliseconds(700)
        #expect(copy.handle(.tick, at: later) == world.engine.handle(.tick, at: later))
        #expect(copy == world.engine)
    }
}
