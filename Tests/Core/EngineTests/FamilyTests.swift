import Engine
import Health
import KernelFake
import Model
import Plan
import Selection
import Testing

@Suite("Families apart")
struct FamilyTests {
    private let telkom: WANName
    private let smartfren: WANName
    private static let targets = [
        "gateway", "203.0.113.1", "203.0.113.2", "203.0.113.3", "2001:db8:203::1", "2001:db8:203::2", "2001:db8:203::3",
    ]

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
    }

    private static let router = "::/0 via fe80::1 dev eth0 proto ra metric 1024"

    /// Both WANs with both families, or the second with IPv4 alone, half a minute after the start.
    private func office(
        _ settings: Settings? = nil, both: Bool = true, kernel: FakeKernel = FakeKernel(), at start: Instant = .start
    ) throws -> World {
        let world = World(settings: try settings ?? World.settings(targets: Self.targets), kernel: kernel, at: start)
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom()
        try world.plugSmartfren()
        for (name, number) in [("eth0", 1), ("usb0", 2)] where both || number == 1 {
            world.kernel.setAddresses6(
                [try #require(IPv6Prefix("fe80::7/64")), try #require(IPv6Prefix("2001:db8:\(number)::7/64"))],
                of: try #require(InterfaceName(name)))
            world.kernel.addForeign(try #require(Route("::/0 via fe80::\(number) dev \(name) proto ra metric 1024")))
        }
        world.start()
        world.run(for: .seconds(30))
        world.notices = []
        world.sweeps = []
        return world
    }

    private func routes6(_ world: World) -> [String] {
        world.kernel.allRoutes.filter { $0.isOurs && $0.family == .v6 && $0.table == Route.mainTable }.sorted { $0.metric < $1.metric }
            .map { "\($0.interface) \($0.metric)" }
    }

    private func codes(_ world: World) -> [String] { world.notices.map(\.sentence.code).filter { $0 != "health" } }
    private func problems(_ world: World) -> [String] { world.engine.problems(at: world.now).map(\.sentence.code) }

    @Test("IPv6 alone dies: it goes by the other WAN and comes back, and IPv4 stays where it is all the while")
    func six() throws {
        let world = try office()
        #expect(world.engine.healths.allSatisfy { $0.targets.count == 4 })
        #expect(world.engine.healthOfIPv6(telkom)?.targets.count == 3)
        let mark = world.engine.settings.markMask.mark(ofWAN: 1)
        world.silentFamilies = [telkom: .v6]
        let time = try #require(world.run(until: { $0.engine.selection(.v6).wan == smartfren }))
        #expect(time < .seconds(1))
        #expect(world.isSelected(telkom))
        #expect(world.engine.healths.allSatisfy { $0.state == .up })
        #expect(world.engine.healthOfIPv6(telkom)?.state == .down)
        #expect(routes6(world) == ["usb0 2", "eth0 1001"])
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(codes(world) == ["ipv6-health", "ipv6-moved"])
        #expect(problems(world) == ["ipv6-elsewhere"])
        // Its rule is gone in one family, and its sessions of that one are moved, now and once more.
        #expect(world.kernel.allRules.contains { $0.family == .v4 && $0.mark == mark })
        #expect(!world.kernel.allRules.contains { $0.family == .v6 && $0.mark == mark })
        world.run(for: .seconds(2))
        #expect(world.sweeps.count == 2)
        #expect(world.sweeps.allSatisfy { $0.scope.family == .v6 && $0.scope.mark == mark })

        world.notices = []
        world.sweeps = []
        world.silentFamilies = [:]
        world.run { $0.engine.selection(.v6).wan == telkom }
        #expect(routes6(world) == ["eth0 1", "usb0 2"])
        #expect(codes(world).suffix(2) == ["ipv6-health", "ipv6-moved"])
        #expect(problems(world) == [])
        // What went over to the other WAN stays there.
        world.run(for: .seconds(2))
        #expect(world.sweeps.isEmpty)
        #expect(world.engine.counters.switches == 0)
    }

    @Test("IPv4 alone dies: an answer by IPv6 doesn't hide it, and IPv6 stays", arguments: [0.0, 400])
    func four(packets: Double) throws {
        let world = try office()
        world.clientPacketsPerSecond = packets
        world.run(for: .seconds(5))
        world.silentFamilies = [telkom: .v4]
        let time = try #require(world.run(until: { $0.isSelected(World.smartfren) }))
        #expect(time < .milliseconds(800))
        #expect(world.engine.selection(.v6).wan == telkom)
        #expect(world.mainRoutes == ["usb0 2", "eth0 1001"])
        #expect(routes6(world) == ["eth0 1", "usb0 2"])
        world.run(for: .seconds(2))
        #expect(!world.sweeps.isEmpty && world.sweeps.allSatisfy { $0.scope.family == .v4 })
        #expect(codes(world).contains("failover") && !codes(world).contains("ipv6-moved"))
        world.silentFamilies = [:]
        #expect(world.run(until: { $0.isSelected(World.telkom) }) != nil)
    }

    @Test("IPv6 dies while clients' IPv4 has much traffic: that is no reason to wait")
    func busy() throws {
        let world = try office()
        world.clientPacketsPerSecond = 1000
        world.clientBytesPerPacket = 1200
        world.run(for: .seconds(20))
        world.silentFamilies = [telkom: .v6]
        let time = try #require(world.run(until: { $0.engine.selection(.v6).wan == smartfren }))
        #expect(time < .milliseconds(700))
        #expect(world.isSelected(telkom))
    }

    @Test("what befalls both is one switch, moves all sessions in one sweep, and is told once")
    func together() throws {
        let world = try office()
        world.silentUpstreams = [telkom]
        world.run { $0.isSelected(World.smartfren) && $0.engine.selection(.v6).wan == $0.engine.selection.wan }
        world.run(for: .seconds(5))
        #expect(codes(world) == ["failover"])
        #expect(world.sweeps.map(\.scope.family) == [nil, nil])
        world.notices = []
        world.silentUpstreams = []
        world.run { $0.isSelected(World.telkom) }
        world.run(for: .seconds(5))
        #expect(world.engine.selection(.v6).wan == telkom)
        #expect(codes(world) == ["failback"])
    }

    @Test("where no other WAN has IPv6 it stays, nothing is swept, and it is told")
    func alone() throws {
        let world = try office(both: false)
        world.silentFamilies = [telkom: .v6]
        world.run { $0.engine.selection(.v6).wan == nil }
        world.run(for: .seconds(2))
        #expect(world.isSelected(telkom))
        #expect(routes6(world) == ["eth0 1001"])
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.sweeps.isEmpty)
        #expect(codes(world) == ["ipv6-health", "ipv6-none"])
        let problem = try #require(world.engine.problems(at: world.now).first)
        #expect(
            problem.sentence.text
                == "IPv6 works by no WAN, so clients are left with IPv4: telkom is down (silent), smartfren has no IPv6")
        world.silentFamilies = [:]
        world.run { $0.engine.selection(.v6).wan == telkom }
        #expect(routes6(world) == ["eth0 1"])
        #expect(problems(world) == [])
        #expect(world.sweeps.isEmpty)
    }

    @Test("a daemon that starts anew finds each family where it was left")
    func restart() throws {
        let world = try office()
        world.silentFamilies = [telkom: .v6]
        world.run { $0.engine.selection(.v6).wan == smartfren }
        let next = World(settings: try World.settings(targets: Self.targets), kernel: world.kernel, undo: world.engine.undo, at: world.now)
        next.firewall = world.firewall
        next.silentFamilies = world.silentFamilies
        next.start()
        #expect(next.isSelected(telkom))
        #expect(next.engine.selection(.v6).wan == smartfren)
        next.run(for: .seconds(5))
        // A standby that isn't known yet steps back for a moment; of IPv6 the one that isn't is the first choice, and that is there already.
        #expect(!next.commands.contains { $0.contains("::/0") }, "\(next.commands)")
        next.silentFamilies = [:]
        #expect(next.run(until: { $0.engine.selection(.v6).wan == telkom }) != nil)
    }

    @Test("the operator's word and a drill are for both families")
    func words() throws {
        let world = try office()
        world.send(.pinned(smartfren))
        #expect(routes6(world) == ["usb0 2", "eth0 1001"] && world.mainRoutes == ["usb0 2", "eth0 1001"])
        world.send(.pinned(nil))
        #expect(routes6(world) == ["eth0 1", "usb0 2"])
        world.send(.drill(DrillOrder(wan: telkom, fault: .down, duration: .seconds(30), window: 0...60)))
        #expect(routes6(world) == ["usb0 2", "eth0 1001"] && world.mainRoutes == ["usb0 2", "eth0 1001"])
        #expect(!codes(world).contains { $0.hasPrefix("ipv6") })
    }

    @Test("a router that advertises itself no longer takes IPv6 away alone; that back, it has to prove itself")
    func advertisements() throws {
        let world = try office()
        let router = try #require(Route(Self.router))
        world.kernel.deleteForeign(router)
        world.look()
        #expect(world.engine.selection(.v6).wan == smartfren && world.isSelected(telkom))
        #expect(routes6(world) == ["usb0 2"])
        world.kernel.addForeign(router)
        world.look()
        #expect(world.engine.selection(.v6).wan == smartfren)
        let time = try #require(world.run(until: { $0.engine.selection(.v6).wan == telkom }))
        #expect(time >= .seconds(10) && time < .seconds(12))
    }

    @Test("the default targets have IPv6 ones beside them, which are asked where there is a way and nowhere else")
    func usual() throws {
        func asked(both: Bool) throws -> Set<String> {
            var settings = try World.settings()
            for index in settings.wans.indices { settings.wans[index].probe = ProbeSettings(readiness: .off) }
            let world = try office(settings, both: both)
            return Set(world.probes.filter { $0.question.family == .v6 && $0.wan == smartfren }.map(\.question.description))
        }
        #expect(try asked(both: true) == ["2606:4700:4700::1111", "2001:4860:4860::8888", "2620:fe::fe"])
        #expect(try asked(both: false) == [])
        // Who has chosen his targets has chosen all of them.
        #expect(ProbeSettings(targets: [.gateway]).targets6.isEmpty)
        let world = try office(try World.settings())
        #expect(world.engine.healthOfIPv6(telkom) == nil)
        #expect(world.engine.explanation(at: world.now).first?.clauses.last == .ipv6Unjudged)
    }

    @Test("with IPv4 alone there is nothing of IPv6 to be judged")
    func onlyFour() throws {
        let world = World(settings: try World.settings(targets: Self.targets))
        try world.plugTelkom()
        try world.plugSmartfren()
        world.start()
        world.run(for: .seconds(30))
        #expect(world.engine.healthOfIPv6(telkom) == nil)
        #expect(!world.engine.explanation(at: world.now).flatMap(\.clauses).contains(.ipv6Unjudged))
        #expect(world.probes.allSatisfy { !$0.id.isOfIPv6 })
    }
}
