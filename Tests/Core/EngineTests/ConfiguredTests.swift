import Engine
import Glibc
import KernelFake
import Model
import Plan
import Testing

@Suite("Another configuration")
struct ConfiguredTests {
    @Test("is in force from the next reading on, which knows its interfaces: nobody calls a WAN absent that nobody has looked for")
    func newInterface() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(2))
        world.notices = []
        let (old, wwan0) = (world.engine.settings, try #require(InterfaceName("wwan0")))
        world.kernel.plug(wwan0, addresses: [try #require(IPv4Prefix("203.0.113.7/24"))])
        world.kernel.addForeign(Route(gateway: IPAddress("203.0.113.1"), interface: wwan0, routeProtocol: 16, metric: 300))
        var new = old
        new.wans[0].interface = wwan0
        new.wans[0].given = wwan0
        #expect(world.engine.handle(.configured(new), at: world.now) == [.readKernel])
        #expect(world.engine.settings == old && world.engine.interfaces.isSuperset(of: new.interfaces.union(old.interfaces)))
        world.look()
        #expect(world.engine.settings == new && !world.engine.interfaces.contains(old.wans[0].interface))
        #expect(world.isSelected(World.telkom) && world.mainRoutes == ["wwan0 1", "usb0 2"])
        #expect(!world.notices.contains { $0.message.contains("absent") || $0.kind == .selection })
    }

    @Test("the last of several counts, and each place of the firewall is looked at once it is in force")
    func last() throws {
        let world = try World.office()
        world.start()
        let (first, second) = (try World.settings(hold: .seconds(3)), try World.settings(hold: .seconds(4)))
        #expect(world.engine.handle(.configured(first), at: world.now).looks == [])
        #expect(try world.configureUnanswered(second).looks == [.nat, .mangle, .filter, .nat6, .mangle6, .filter6])
        #expect(world.engine.settings == second)
        #expect(world.engine.handle(.snapshot(try world.kernel.snapshot(of: world.engine.interfaces)), at: world.now) == [])
    }

    @Test("waits while the kernel can't be read, and that is tried again every second")
    func unreadable() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let old = world.engine.settings
        let new = try World.settings(hold: .seconds(3))
        world.kernel.refusedSnapshots = ENOBUFS
        world.notices = []
        world.configure(new)
        world.run(for: .milliseconds(3500))
        #expect(world.engine.settings == old && world.notices.count { $0.kind == .kernel } == 4)
        world.kernel.refusedSnapshots = nil
        world.run(for: .milliseconds(400))
        #expect(world.engine.settings == old)
        world.run(for: .milliseconds(100))
        #expect(world.engine.settings == new && world.engine.kernelProblem == nil)
    }

    @Test("before the kernel has been read for the first time, it is the one that the beginning is made with")
    func atTheBeginning() throws {
        let world = try World.office()
        var settings = try World.settings()
        settings.wans.removeLast()
        world.configure(settings)
        #expect(world.engine.settings == settings && world.mainRoutes == ["eth0 1"])
        #expect(world.isSelected(World.telkom))
    }
}
