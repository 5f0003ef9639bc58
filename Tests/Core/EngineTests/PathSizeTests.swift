import Health
import KernelFake
import Model
import Plan
import Selection
import Testing

@testable import Engine

@Suite("The size that passes")
struct PathSizeTests {
    private static let targets = ["203.0.113.1", "203.0.113.2", "203.0.113.3"]

    /// Both WANs up, and a carrier that takes 1500 bytes.
    private func office(
        metered: Bool = false, targets: [String] = Self.targets, hasBackup: Bool = true, interval: Duration = .seconds(1),
        _ prepare: (World) throws -> Void = { _ in }
    ) throws -> World {
        var settings = try World.settings(metered: metered, targets: ["gateway"] + targets)
        for index in settings.wans.indices { settings.wans[index].probe.interval = interval }
        let world = World(settings: settings)
        world.mtu = 1500
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom()
        if hasBackup { try world.plugSmartfren() }
        try prepare(world)
        world.start()
        return world
    }

    private func long(_ world: World, by wan: WANName? = nil) -> [ProbeRequest] {
        world.probes.filter { $0.size != nil && (wan == nil || $0.wan == wan) }
    }

    private func told(_ world: World) -> [String] { world.notices.filter { $0.kind == .path }.map { "\($0.severity): \($0.message)" } }

    private func segments(_ world: World, by interface: String) -> [String] {
        (world.firewall[.mangle]?["UPLINKD_MSS"] ?? []).filter { $0.contains(interface) }
    }

    private let telkom = WANName("telkom")
    private let smartfren = WANName("smartfren")
    private static let enough = Duration.seconds(60)

    @Test("where all passes one long packet at a time is sent by each WAN, and nothing is told")
    func whole() throws {
        let world = try office()
        world.run(for: .seconds(3600))
        #expect(told(world) == [])
        for wan in [telkom, smartfren] {
            let sent = long(world, by: wan)
            #expect((6...7).contains(sent.count) && sent.allSatisfy { $0.size == 1500 })
            // By and by each of them is known to answer.
            #expect(Set(sent.map(\.question)).count == 3)
        }
        #expect(segments(world, by: "eth0").allSatisfy { $0.hasSuffix("--clamp-mss-to-pmtu") } && segments(world, by: "eth0").count == 2)
    }

    @Test("a metered WAN costs 12 kB a day for it while it stands by, and what it carries by 72 kB")
    func metered() throws {
        let world = try office(metered: true, interval: .seconds(20))
        world.run(for: .seconds(24 * 3600))
        #expect((4...5).contains(long(world, by: smartfren).count))
        world.send(.pinned(smartfren))
        let before = long(world, by: smartfren).count
        world.run(for: .seconds(24 * 3600))
        #expect((23...25).contains(long(world, by: smartfren).count - before))
    }

    @Test(
        "a path that loses long packets: the size that passes is found, told, and segments keep to it; nobody is moved",
        arguments: [1492, 1400, 1280, 600])
    func lost(size: Int) throws {
        let world = try office { $0.paths[try #require(World.telkom)] = size }
        world.run(for: Self.enough)
        #expect(
            told(world) == [
                "warning: telkom loses packets of IPv4 of more than \(size) bytes without a word (its interface takes 1500): TCP keeps to what passes "
                    + "(`mss: auto`), but VPNs and the like may stall; set its interface's MTU to \(size)"
            ])
        #expect(world.engine.problems(at: world.now).map(\.sentence.code) == ["mtu"])
        #expect(world.engine.explanation(at: world.now)[0].text.contains("packets of IPv4 of more than \(size) bytes are lost by it"))
        #expect(segments(world, by: "eth0").count == 2 && segments(world, by: "eth0").allSatisfy { $0.hasSuffix("--set-mss \(size - 40)") })
        #expect(segments(world, by: "usb0").allSatisfy { $0.hasSuffix("--clamp-mss-to-pmtu") })
        #expect(world.engine.selection.wan == telkom && world.engine.healths[0].state == .up)
        // Halving takes eight steps, a lost one is asked for twice, of three targets.
        #expect(long(world, by: telkom).count <= 60)
        // What is known is looked at again, and not searched again.
        let before = long(world, by: telkom).count
        world.run(for: .seconds(610))
        #expect(told(world).count == 1)
        #expect((1...12).contains(long(world, by: telkom).count - before))
        world.paths = [:]
        world.run(for: .seconds(620))
        #expect(told(world).dropFirst() == ["notice: By telkom packets of IPv4 of full size pass again."])
        #expect(world.engine.problems(at: world.now).isEmpty)
        #expect(segments(world, by: "eth0").allSatisfy { $0.hasSuffix("--clamp-mss-to-pmtu") })
    }

    @Test("a path that becomes still smaller is searched again")
    func smaller() throws {
        let world = try office { $0.paths[try #require(World.telkom)] = 1400 }
        world.run(for: Self.enough)
        world.paths[try #require(telkom)] = 1300
        world.run(for: .seconds(660))
        #expect(told(world).count == 2 && told(world).last?.contains("more than 1300 bytes") == true)
    }

    @Test("both WANs lose long packets, each its own size: both are told")
    func both() throws {
        let world = try office {
            $0.paths[try #require(World.telkom)] = 1400
            $0.paths[try #require(World.smartfren)] = 1300
        }
        world.run(for: .seconds(660))
        let sizes = world.notices.filter { $0.kind == .path }.map { "\($0.wan?.description ?? "") \($0.sentence.arguments["size"] ?? "")" }
        #expect(sizes.sorted() == ["smartfren 1300", "telkom 1400"])
    }

    @Test(
        "targets that refuse long pings are no fault, one or all of them, with another WAN or without; and they are seldom asked",
        arguments: [1, 2, 3], [true, false])
    func refusing(count: Int, hasBackup: Bool) throws {
        // Without another WAN two that stop at the same size would be believed.
        let world = try office(hasBackup: hasBackup, interval: .seconds(20)) { world in
            for (index, target) in Self.targets.prefix(count).enumerated() {
                world.pingLimits[target] = hasBackup ? 1000 : [100, 1000, 1200][index]
            }
        }
        world.run(for: .seconds(6 * 3600))
        #expect(told(world) == [])
        if count == 3 { #expect(long(world, by: telkom).count < 150) }
        // None answers anything long: nothing can be known.
        for target in Self.targets { world.pingLimits[target] = 100 }
        world.run(for: .seconds(12 * 3600))
        #expect(told(world) == [])
        #expect(world.engine.passing == [:])
    }

    @Test("with no other WAN to compare with two targets that stop at the same size are believed, and one isn't", arguments: [1, 2, 3])
    func alone(count: Int) throws {
        let world = try office(targets: Array(Self.targets.prefix(count)), hasBackup: false) { $0.paths[try #require(World.telkom)] = 1400 }
        world.run(for: Self.enough)
        #expect(told(world).count == (count == 1 ? 0 : 1))
    }

    @Test("one target is enough where it answers by the other WAN")
    func compared() throws {
        let world = try office(targets: [Self.targets[0]]) { $0.paths[try #require(World.telkom)] = 1400 }
        world.run(for: Self.enough)
        #expect(told(world).count == 1)
    }

    @Test("where routers say it, nothing is lost without a word: segments keep to it, and it is no problem")
    func saidByRouters() throws {
        let world = try office {
            $0.paths[try #require(World.telkom)] = 1492
            $0.tellingWANs = [try #require(World.telkom)]
        }
        world.run(for: Self.enough)
        #expect(told(world) == ["notice: By telkom packets of IPv4 of up to 1492 bytes pass, as a router says (its interface takes 1500)."])
        #expect(world.engine.problems(at: world.now).isEmpty)
        #expect(segments(world, by: "eth0").allSatisfy { $0.hasSuffix("--set-mss 1452") })
        #expect(long(world, by: telkom).count <= 4)
    }

    @Test("a router's nonsense is believed by nobody", arguments: [0, 68, 1500, 65_535, 1496])
    func nonsense(most: Int) throws {
        var size = PathSize()
        var book = SizeBook()
        var news: PathSize.News?
        var now = Instant.start
        let targets = try Self.targets.map { try #require(IPAddress($0)) }
        let way = PathSize.Way(wan: 1, family: .v4, interfaceIndex: 1, targets: targets, timeout: .seconds(1))
        for _ in 0..<200 where news == nil {
            for one in size.advance(.good(way), whole: 1500, every: .seconds(600), &book, at: now, &news).asked {
                if one.size.map({ $0 <= 1400 }) ?? true {
                    _ = size.take(one.id, .answered(seconds: 0.02))
                } else {
                    _ = size.take(one.id, .tooLong(most: most))
                }
            }
            now = max(now, try #require(size.deadline))
        }
        #expect(size.found == PathSize.Found(size: 1400, whole: 1500, isTold: false))
    }

    @Test("a WAN that dies meanwhile, loses packets or is asked in vain is no verdict")
    func disturbed() throws {
        let world = try office()
        world.run(for: .seconds(9))
        world.silentUpstreams = [try #require(telkom)]
        world.run(for: .seconds(60))
        world.silentUpstreams = []
        world.loss[try #require(telkom)] = 0.3
        world.run(for: .seconds(3600))
        world.loss = [:]
        world.refusingWANs = [try #require(telkom)]
        world.run(for: .seconds(1200))
        world.refusingWANs = []
        world.run(for: .seconds(1200))
        #expect(told(world) == [])
    }

    @Test("what is known stays while the WAN is down, so a failover changes no rules; another size of the interface is another matter")
    func kept() throws {
        let world = try office { $0.paths[try #require(World.smartfren)] = 1400 }
        world.run(for: Self.enough)
        let rules = segments(world, by: "usb0")
        #expect(rules.allSatisfy { $0.hasSuffix("--set-mss 1360") } && rules.count == 2)
        world.silentUpstreams = [try #require(smartfren)]
        world.run(for: .seconds(30))
        #expect(world.engine.healths[1].state == .down)
        #expect(segments(world, by: "usb0") == rules)
        world.silentUpstreams = []
        world.kernel.unplug(try #require(InterfaceName("usb0")))
        world.look()
        #expect(segments(world, by: "usb0") == rules)
        world.mtu = 1400
        try world.plugSmartfren()
        world.look()
        #expect(segments(world, by: "usb0").allSatisfy { $0.hasSuffix("--clamp-mss-to-pmtu") })
        // Held back for as long as a WAN is that has just been down twice.
        world.run(for: .seconds(600))
        #expect(world.engine.problems(at: world.now).isEmpty)
        #expect(told(world).last == "notice: By smartfren packets of IPv4 of full size pass again.")
    }

    @Test("a WAN that stands by and would let downloads stall isn't ready")
    func stalling() throws {
        let world = try office { $0.paths[try #require(World.smartfren)] = 1400 }
        var settings = try World.settings(targets: ["gateway"] + Self.targets, readiness: ReadinessSettings())
        settings.wans[1].mss = .off
        world.configure(settings)
        world.run(for: Self.enough)
        #expect(world.engine.readiness(of: try #require(smartfren), at: world.now)?.problem == .stalling(1400))
        #expect(told(world).first?.contains("downloads stall (`mss: off`)") == true)
        settings.wans[1].mss = .atMost(1360)
        world.configure(settings)
        #expect(world.engine.readiness(of: try #require(smartfren), at: world.now)?.problem != .stalling(1400))
    }

    @Test("what is known of one family holds for the other while nothing is known of that, and IPv6 always has its 1280")
    func families() throws {
        for (size, expected) in [(1400, 1400), (600, 1280)] {
            let world = try office { $0.paths[try #require(World.telkom)] = size }
            world.run(for: Self.enough)
            #expect(world.engine.passing == [try #require(telkom): [.v4: size, .v6: expected]])
        }
    }
}
