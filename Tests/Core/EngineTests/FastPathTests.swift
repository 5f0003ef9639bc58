import Engine
import KernelFake
import Model
import Plan
import Testing

@Suite("The fast path at a switch")
struct FastPathTests {
    private let telkom: WANName
    private let smartfren: WANName

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
    }

    private func office(fastPath: FastPathUse = .on) throws -> World {
        var settings = try World.settings()
        (settings.firewall, settings.fastPath) = (.nftables, fastPath)
        let world = World(settings: settings)
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom()
        try world.plugSmartfren()
        world.start()
        world.run(for: .seconds(30))
        return world
    }

    private func devices(_ world: World) -> [String]? { world.firewall[.fastPath]?["sessions"] }
    private func table(_ world: World) -> FirewallContents { world.firewall[.fastPath] ?? [:] }

    /// What is done with the flowtable and with sessions, in its order.
    private func work(_ effects: [Effect]) -> [String] {
        effects.compactMap {
            switch $0 {
            case .applyFirewall(let restore) where restore.place == .fastPath: restore.text.hasPrefix("delete") ? "apart" : "anew"
            case .sweep: "sweep"
            case .apply: "routes"
            default: nil
            }
        }
    }

    @Test("sessions of the WAN that carries new ones are on it; without `fastpath: on` there is none")
    func carrier() throws {
        let world = try office()
        #expect(devices(world) == ["br0", "eth0"])
        #expect(world.engine.isInOrder && world.engine.problems(at: world.now).isEmpty)
        #expect(try devices(office(fastPath: .off)) == nil)
    }

    @Test("a failover takes all of them apart in the moment in which the routes change and the sweep begins; those of the new WAN follow")
    func failover() throws {
        let world = try office()
        let before = table(world)
        world.silentUpstreams = [telkom]
        var seen: [String] = []
        world.watch = { effects in if seen.isEmpty { seen = work(effects) } }
        #expect(world.run(until: { $0.isSelected(smartfren) }) != nil)
        #expect(seen == ["routes", "sweep", "apart"])
        #expect(devices(world) == ["br0", "usb0"] && table(world) != before)
    }

    @Test("what a failback leaves on the backup to drain isn't on it, so the drain's end finds nothing there to take apart")
    func drain() throws {
        let world = try office()
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(smartfren) }) != nil)
        world.run(for: .seconds(5))
        #expect(devices(world) == ["br0", "usb0"])
        world.silentUpstreams = []
        #expect(world.run(until: { $0.isSelected(telkom) }) != nil)
        world.run(for: .seconds(1))
        #expect(devices(world) == ["br0", "eth0"])
        let after = table(world)
        world.deleted = 7
        world.run(for: .seconds(1200))
        #expect(table(world) == after)
    }

    @Test("sessions that are deleted on the WAN that goes on carrying are taken apart once they are deleted")
    func sweptInPlace() throws {
        let world = try office()
        let before = table(world)
        world.deleted = 3
        // Masquerade was gone for a moment.
        world.firewall[.inet] = [:]
        world.send(.firewallObserved(.inet, [:]))
        #expect(!world.sweeps.isEmpty)
        #expect(devices(world) == ["br0", "eth0"] && table(world) != before)
        let settled = table(world)
        world.deleted = 0
        world.firewall[.inet] = [:]
        world.send(.firewallObserved(.inet, [:]))
        #expect(table(world) == settled)
    }

    @Test("a modem that carries is pulled out and put in again: its new device takes the old one's place")
    func replugged() throws {
        let world = try office()
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(smartfren) }) != nil)
        world.run(for: .seconds(5))
        let before = table(world)
        let usb = try #require(InterfaceName("usb0"))
        world.kernel.unplug(usb)
        world.look()
        #expect(devices(world) == nil)
        try world.plugSmartfren()
        world.look()
        #expect(world.run(until: { _ in devices(world) == ["br0", "usb0"] }) != nil)
        #expect(table(world) != before)
    }

    @Test("a kernel without flowtables: one problem, told once, and everything else stands")
    func refused() throws {
        let world = try office(fastPath: .off)
        var settings = world.engine.settings
        settings.fastPath = .on
        world.notices = []
        world.refusedPlaces = [.fastPath: "this kernel has no flowtable"]
        world.configure(settings)
        world.look()
        world.run(for: .seconds(600))
        #expect(world.engine.isNATInOrder && world.engine.isFirewallSettled && world.engine.isMasquerading)
        let problems = world.engine.problems(at: world.now)
        #expect(problems.map(\.sentence.code) == ["no-fastpath"])
        #expect(problems.first?.sentence.text.hasSuffix("slower and nothing else: this kernel has no flowtable") == true)
        #expect(world.notices.filter { if case .firewallMissing = $0 { true } else { false } }.count == 1)
        #expect(!world.notices.contains { if case .firewallApplied = $0 { true } else { false } })
        // One is loaded later.
        world.refusedPlaces = [:]
        world.run(for: .seconds(60))
        #expect(devices(world) == ["br0", "eth0"] && world.engine.problems(at: world.now).isEmpty)
    }
}
