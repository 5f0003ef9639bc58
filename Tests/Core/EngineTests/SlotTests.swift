import Engine
import Health
import KernelFake
import Model
import Testing

@Suite("A WAN keeps its number")
struct SlotTests {
    private let telkom: WANName
    private let smartfren: WANName
    private let biznet: WANName

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
        biznet = try #require(WANName("biznet"))
    }

    /// As the configuration numbers them: by their places in the file.
    private func settings(_ file: [WANName], markMask: MarkMask = .standard) throws -> Settings {
        let metrics: [WANName: UInt32] = [telkom: 1, smartfren: 2, biznet: 3]
        let interfaces = [telkom: "eth0", smartfren: "usb0", biznet: "eth9"]
        var settings = try World.settings()
        let probe = settings.wans[0].probe
        settings.wans = try file.enumerated().map { place, name in
            WANSettings(
                name: name, interface: try #require(interfaces[name].flatMap { InterfaceName($0) }), metric: try #require(metrics[name]),
                number: place + 1, probe: probe)
        }
        .sorted { $0.metric < $1.metric }
        settings.markMask = markMask
        return settings
    }

    private func numbers(_ world: World) -> [WANName: Int] {
        Dictionary(uniqueKeysWithValues: world.engine.settings.wans.map { ($0.name, $0.number) })
    }

    @Test("one that is put above the others, and another order: nothing is done, no session moved, no health begun anew")
    func reload() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(30))
        (world.commands, world.sweeps, world.notices) = ([], [], [])
        let since = world.engine.healths.map(\.since)
        world.configure(try settings([biznet, smartfren, telkom]))
        #expect(numbers(world) == [telkom: 1, smartfren: 2, biznet: 3])
        #expect(world.engine.healths.prefix(2).map(\.since) == since)
        world.run(for: .seconds(30))
        #expect(world.engine.healths.prefix(2).map(\.state) == [.up, .up])
        #expect(world.engine.healths.prefix(2).map(\.since) == since)
        #expect(world.commands == [])
        for sweep in world.sweeps {
            switch sweep.scope {
            // Of the new one alone, and what began before its masquerade stood.
            case .wan(let mark, _, let addresses): #expect(mark == 0x0300_0000 && addresses.isEmpty)
            case .unmasqueraded, .strayed: break
            case .classes, .allBut, .only: Issue.record("\(sweep)")
            }
        }
        #expect(world.notices.filter { $0.kind == .health || $0.kind == .selection }.allSatisfy { $0.wan == biznet })
    }

    @Test("one that is gone for a while has its number again, and so has every other after a restart")
    func comesBack() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(30))
        world.configure(try settings([smartfren]))
        world.run(for: .seconds(5))
        world.configure(try settings([smartfren, biznet]))
        #expect(numbers(world) == [smartfren: 2, biznet: 3])
        world.configure(try settings([biznet, smartfren, telkom]))
        #expect(numbers(world) == [telkom: 1, smartfren: 2, biznet: 3])
        world.run(for: .seconds(30))
        let next = World(
            settings: try settings([biznet, smartfren, telkom]), kernel: world.kernel, undo: world.engine.undo, slots: world.engine.slots,
            at: world.now)
        next.firewall = world.firewall
        next.start()
        next.run(for: .seconds(5))
        #expect(numbers(next) == [telkom: 1, smartfren: 2, biznet: 3])
        #expect(next.commands.allSatisfy { !$0.contains("eth0") && !$0.contains("ip rule") })
    }

    @Test("one that gets the number of one that is gone doesn't get what that one has left in conntrack")
    func inherited() throws {
        let mask = try #require(MarkMask(bits: 0x0300_0000))
        let indosat = try #require(WANName("indosat"))
        let world = World(
            settings: try settings([biznet, telkom, smartfren], markMask: mask), slots: Slots([telkom: 1, smartfren: 2, indosat: 3]))
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom()
        try world.plugSmartfren()
        world.deleted = 2
        world.start()
        world.run(for: .seconds(5))
        #expect(numbers(world) == [telkom: 1, smartfren: 2, biznet: 3])
        #expect(world.sweeps.contains { $0.scope == .wan(mark: 0x0300_0000, mask: 0x0300_0000, addresses: []) })
        #expect(world.notices.contains { $0.message == "2 sessions moved from indosat to telkom." })
    }
}
