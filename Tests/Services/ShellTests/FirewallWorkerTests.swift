import Engine
import KernelFake
import Model
import Plan
import Selection
import Shell
import Testing

@Suite("The firewall beside the loop")
struct FirewallWorkerTests {
    @Test("one child program at a time; until it has ended nothing else waits for it, least of all a switch")
    func slow() throws {
        let rig = try Rig()
        rig.prober.answers = true
        rig.prober.loop = rig.loop
        rig.start()
        rig.time.pass(.seconds(5))
        rig.loop.hear([.overrun])
        rig.time.pass(.milliseconds(50))
        #expect(rig.tasks.count == 1)
        rig.kernel.setCarrier(false, try #require(InterfaceName("eth0")))
        rig.loop.hear([.routing])
        rig.time.pass(.milliseconds(5))
        #expect(rig.loop.engine.selection.wan?.description == "smartfren" && rig.tasks.count == 1)
        #expect(!rig.loop.engine.isNATInOrder)
    }

    @Test("a notice has only the place looked at that it is about; one that was lost has all, and the kernel read")
    func notices() async throws {
        let rig = try await Rig.inOrder()
        rig.loop.hear([.firewall(.mangle)])
        rig.time.pass(.milliseconds(1))
        #expect(rig.tasks.map(\.order.job) == [.look(.mangle)])
        try await rig.runTasks()
        rig.onlooker.turns = []
        rig.loop.hear([.overrun])
        rig.time.pass(.milliseconds(5))
        #expect(rig.onlooker.turns.contains { if case .snapshot = $0.event { true } else { false } })
        var looks: [FirewallWork.Job] = []
        while let task = rig.tasks.first {
            looks.append(task.order.job)
            try await rig.runTask()
        }
        #expect(looks == [.look(.nat), .look(.mangle), .look(.filter), .look(.nat6), .look(.mangle6), .look(.filter6)])
    }

    @Test("somebody flushes NAT: it is put back, and looked at in the same breath")
    func flushed() async throws {
        let rig = try await Rig.inOrder()
        await rig.firewalls[Rig.nft]?.flush(.nat)
        rig.loop.hear([.firewall(.nat)])
        rig.time.pass(.milliseconds(1))
        try await rig.runTask()
        #expect(!rig.loop.engine.isNATInOrder)
        guard case .apply(let restore) = try #require(rig.tasks.first).order.job else {
            Issue.record("it isn't put back")
            return
        }
        #expect(restore.place == .nat && rig.tasks.count == 1)
        try await rig.runTask()
        #expect(rig.loop.engine.isNATInOrder && rig.tasks.isEmpty)
    }

    @Test("what a firewall refuses comes back as an event, and it is tried again")
    func refused() async throws {
        let rig = try Rig()
        await rig.firewalls[Rig.nft]?.refuse(with: FirewallError("iptables-restore: line 3 failed"))
        rig.start()
        for _ in 0..<4 { try await rig.runTask() }
        #expect(rig.loop.engine.natProblem == .failed(error: "iptables-restore: line 3 failed"))
        await rig.firewalls[Rig.nft]?.refuse(with: nil)
        rig.time.pass(.seconds(60))
        try await rig.runTasks()
        #expect(rig.loop.engine.isNATInOrder && rig.loop.engine.natProblem == nil)
    }

    @Test("a reload to another while a change of the old one is under way: its outcome isn't believed, and what it did is taken back")
    func reload() async throws {
        let rig = try Rig()
        rig.start()
        try await rig.runTask()
        guard case .apply = try #require(rig.tasks.first).order.job else {
            Issue.record("nothing is on its way")
            return
        }
        rig.loop.take(.configured(Rig.settings(iptables: .legacy)))
        try await rig.runTask()
        #expect(rig.loop.engine.firewall[.nat]?.observed == nil)
        let old = try #require(rig.firewalls[Rig.nft])
        #expect(await old.contents[.nat]?["UPLINKD_NAT"] != nil)
        try await rig.runTasks()
        #expect(rig.loop.engine.isInOrder && rig.loop.firewallKind == "legacy")
        #expect(await rig.firewalls[Rig.legacy]?.contents[.nat]?["UPLINKD_NAT"] != nil)
        #expect(await old.contents.values.allSatisfy(\.isEmpty))
    }

    @Test("one that is retired keeps its rules until those of the new one stand")
    func retired() async throws {
        let rig = try await Rig.inOrder()
        let (old, new) = (try #require(rig.firewalls[Rig.nft]), try #require(rig.firewalls[Rig.legacy]))
        await new.refuse(with: FirewallError("not yet"))
        rig.loop.take(.configured(Rig.settings(iptables: .legacy)))
        for _ in 0..<10 {
            try await rig.runTasks()
            rig.time.pass(.seconds(1))
        }
        #expect(await old.contents[.nat]?["UPLINKD_NAT"] != nil)
        await new.refuse(with: nil)
        rig.time.pass(.seconds(60))
        while let task = rig.tasks.first {
            if task.order.job == .takeBack {
                #expect(await new.contents[.nat]?["UPLINKD_NAT"] != nil)
                #expect(await old.contents[.nat]?["UPLINKD_NAT"] != nil)
            }
            try await rig.runTask()
        }
        #expect(await old.contents.values.allSatisfy(\.isEmpty))
        #expect(rig.loop.engine.isInOrder)
    }

    @Test("rules that can't be taken back are told of, and it goes on without")
    func stuck() async throws {
        let rig = try await Rig.inOrder()
        let old = try #require(rig.firewalls[Rig.nft])
        rig.loop.take(.configured(Rig.settings(iptables: .legacy)))
        await old.refuse(with: FirewallError("Permission denied"))
        var problems: [FirewallError] = []
        while !rig.tasks.isEmpty {
            let outcome = await rig.tasks.removeFirst().run()
            if let problem = outcome.problem { problems.append(problem) }
            rig.loop.firewallEnded(outcome)
        }
        #expect(problems == [FirewallError("Permission denied")])
        #expect(rig.loop.engine.isInOrder)
    }

    @Test("one that tells of no changes is looked at every 3 s, until a reload chooses another", arguments: [true, false])
    func polled(sendsNotices: Bool) async throws {
        let rig = try Rig(sendsNotices: sendsNotices)
        rig.hearsNotices = !sendsNotices
        rig.prober.answers = true
        rig.prober.loop = rig.loop
        rig.start()
        try await rig.runTasks()
        var looks = 0
        for _ in 0..<9 {
            rig.time.pass(.seconds(1))
            looks += rig.tasks.count { $0.order.job == .look(.nat) }
            try await rig.runTasks()
        }
        #expect(looks == 3)
    }

    @Test("one that tells of its changes isn't looked at without one")
    func quiet() async throws {
        let rig = try await Rig.inOrder()
        rig.time.pass(.seconds(60))
        #expect(rig.tasks.isEmpty)
    }
}
