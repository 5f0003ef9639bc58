import Engine
import Glibc
import KernelFake
import Model
import Plan
import Selection
import Shell
import Testing

@Suite("The loop")
struct LoopTests {
    private let eth0 = InterfaceName("eth0")
    private let usb0 = InterfaceName("usb0")

    private func selected(_ rig: Rig) -> String? { rig.loop.engine.selection.wan?.description }

    @Test("at the start the kernel is read and put in order; what was there before is written down first")
    func start() async throws {
        let rig = try Rig()
        rig.start()
        #expect(selected(rig) == "telkom" && rig.kernel.allRoutes.contains { $0.isOurs && $0.metric == 1 })
        #expect(rig.onlooker.log.prefix(2) == ["decided", "remember"])
        #expect(rig.onlooker.remembered?.settings.isEmpty == false)
        #expect(rig.prober.kept.last == Set([eth0, usb0].compactMap { $0 }))
        #expect(rig.tasks.count == 1 && rig.tasks.first?.order.job == .look(.nat))
        try await rig.runTasks()
        #expect(rig.loop.engine.isInOrder && rig.loop.firewallKind == "nft")
    }

    @Test("events that come before the start wait for it")
    func before() throws {
        let rig = try Rig()
        rig.loop.take(.pinned(WANName("smartfren")))
        rig.loop.hear([.overrun])
        rig.loop.timePassed()
        #expect(rig.onlooker.log.isEmpty && rig.loop.engine.pin == nil)
        rig.start()
        #expect(rig.onlooker.turns.first?.event == .pinned(WANName("smartfren")) && rig.loop.engine.pin != nil)
        #expect(rig.loop.engine.snapshot != nil)
    }

    @Test("new sessions are counted of the WAN that carries, by its mark and addresses; after a switch those of the other one")
    func watched() async throws {
        let rig = try await Rig.inOrder()
        #expect(rig.watched.last??.wan.description == "telkom")
        rig.kernel.setCarrier(false, try #require(eth0))
        rig.loop.hear([.routing])
        rig.time.pass(.milliseconds(5))
        let scope = try #require(rig.watched.last ?? nil)
        #expect(scope.wan.description == "smartfren" && scope.addresses == Set([IPAddress("198.51.100.7")].compactMap { $0 }))
        #expect(scope.mark == MarkMask.standard.mark(ofWAN: 2) && scope.mask == MarkMask.standard.bits)
    }

    @Test("at a switch: routes, then sessions, then people are told, and the kernel is read again in a turn of its own")
    func order() async throws {
        let rig = try await Rig.inOrder()
        rig.kernel.setCarrier(false, try #require(eth0))
        (rig.onlooker.log, rig.onlooker.turns) = ([], [])
        rig.loop.hear([.routing])
        rig.time.pass(.milliseconds(5))
        #expect(selected(rig) == "smartfren")
        let switched = try #require(rig.onlooker.turns.first)
        #expect(switched.applied == .zero)
        let first = Array(rig.onlooker.log.prefix { $0 != "done" })
        #expect(first.prefix(2) == ["decided", "sweep"] && first.dropFirst(2).allSatisfy { $0 == "tell" } && first.contains("tell"))
        let best = rig.onlooker.routesAtSweep.filter { $0.isOurs && $0.table == Route.mainTable }.min { $0.metric < $1.metric }
        #expect(best?.interface == usb0)
        // The outcome, the sweep's end and the reading are turns of their own, in the order in which they came up.
        let kinds = rig.onlooker.turns.dropFirst().map { String("\($0.event)".prefix { $0.isLetter }) }
        #expect(kinds.filter { ["applied", "swept", "snapshot"].contains($0) }.prefix(3) == ["applied", "swept", "snapshot"])
    }

    @Test("what comes up while effects are carried out waits until all of them are")
    func turns() async throws {
        let rig = try await Rig.inOrder()
        rig.onlooker.log = []
        // Every probe is answered from within `send`, in the middle of a turn.
        rig.time.pass(.seconds(2))
        #expect(!rig.onlooker.log.isEmpty)
        var isInTurn = false
        for word in rig.onlooker.log {
            switch word {
            case "decided":
                #expect(!isInTurn)
                isInTurn = true
            case "done":
                #expect(isInTurn)
                isInTurn = false
            default: #expect(isInTurn)
            }
        }
        #expect(!isInTurn)
    }

    @Test("a reading that fails is tried again by the alarm, also when nothing else happens")
    func reading() throws {
        let rig = try Rig()
        rig.kernel.refusedSnapshots = ENOBUFS
        rig.start()
        #expect(rig.loop.engine.snapshot == nil && rig.onlooker.notices.count { $0.severity == .error } == 1)
        rig.time.pass(.milliseconds(1500))
        #expect(rig.onlooker.notices.count { $0.severity == .error } == 2)
        rig.kernel.refusedSnapshots = nil
        rig.time.pass(.milliseconds(499))
        #expect(rig.loop.engine.snapshot == nil)
        rig.time.pass(.milliseconds(1))
        #expect(rig.loop.engine.snapshot != nil && selected(rig) == "telkom")
    }

    @Test("what changes without a notice is put right within a minute: forwarding that somebody has switched off")
    func unheard() async throws {
        let rig = try await Rig.inOrder()
        let br0 = try #require(InterfaceName("br0"))
        try rig.kernel.apply(.set(.forwarding, of: br0, to: 0))
        rig.time.pass(Loop.longestTrust)
        let snapshot = try rig.kernel.snapshot(of: [br0])
        #expect(snapshot.interface(br0)?.settings[.forwarding] == 1)
        #expect(rig.onlooker.notices.contains { if case .repaired = $0 { true } else { false } })
    }

    @Test("an operation that the kernel refuses comes back as an event, and is told")
    func refused() async throws {
        let rig = try await Rig.inOrder()
        let gone = try #require(rig.kernel.allRoutes.first { $0.isOurs && $0.table == Route.mainTable && $0.interface == eth0 })
        rig.kernel.refused = [.addRoute(gone): EPERM]
        rig.kernel.deleteForeign(gone)
        rig.onlooker.turns = []
        rig.loop.hear([.routing])
        rig.time.pass(.milliseconds(5))
        #expect(
            rig.onlooker.turns.contains {
                if case .applied(let failures) = $0.event {
                    failures.count == 1 && failures[0].hasPrefix("ip route prepend default")
                } else {
                    false
                }
            })
        #expect(rig.loop.engine.kernelProblem?.sentence.text.hasPrefix("the kernel refused: ip route prepend default") == true)
        #expect(rig.onlooker.notices.contains { $0.message.hasPrefix("The kernel refused: ip route prepend default") })
    }

    @Test("a deadline that passes is a tick: a WAN that falls silent is left with no event but the time")
    func deadline() async throws {
        let rig = try await Rig.inOrder()
        rig.prober.silent = [try #require(eth0)]
        rig.time.pass(.seconds(30))
        #expect(selected(rig) == "smartfren")
        let deadline = try #require(rig.loop.engine.deadline)
        #expect(rig.time.alarm.map { $0 <= deadline } == true)
    }

    @Test("the alarm is set when the next thing to do comes earlier, and not at every event")
    func alarm() async throws {
        let rig = try await Rig.inOrder()
        let (alarm, alarms) = (try #require(rig.time.alarm), rig.time.alarms)
        for _ in 0..<10 { rig.loop.take(.pinned(nil)) }
        #expect(rig.time.alarm == alarm && rig.time.alarms == alarms)
        rig.loop.hear([.routing])
        #expect(rig.time.alarm == min(alarm, rig.time.now + .milliseconds(5)))
    }

    @Test("the alarm is for the next thing to do, also where that is later than it was")
    func alarmMovesOn() async throws {
        let rig = try await Rig.inOrder()
        for _ in 0..<20 {
            rig.time.pass(.milliseconds(70))
            #expect(rig.time.alarm == rig.loop.engine.deadline)
        }
    }

    @Test("a burst of notices is one reading, when it has been quiet for 5 ms; probes hear of the routes at once")
    func burst() async throws {
        let rig = try await Rig.inOrder()
        let changes = rig.prober.routesChanges
        rig.onlooker.turns = []
        func readings() -> Int { rig.onlooker.turns.count { if case .snapshot = $0.event { true } else { false } } }
        for _ in 0..<3 {
            rig.loop.hear([.routing])
            rig.time.pass(.milliseconds(4))
        }
        #expect(rig.prober.routesChanges == changes + 3 && readings() == 0)
        rig.time.pass(.milliseconds(1))
        #expect(readings() == 1 && rig.tasks.isEmpty)
    }

    @Test("packets are counted by the interface's number, and one that is gone isn't")
    func counters() async throws {
        let rig = try await Rig.inOrder()
        rig.kernel.counters = [try #require(eth0): LinkCounters(received: 7, sent: 8)]
        rig.onlooker.turns = []
        rig.prober.silent = [try #require(eth0)]
        rig.time.pass(.seconds(3))
        #expect(
            rig.onlooker.turns.contains {
                if case .counters(let wan, let counters) = $0.event {
                    wan.description == "telkom" && counters == LinkCounters(received: 7, sent: 8)
                } else {
                    false
                }
            })
    }

    @Test("a reload is in force when `take` returns, and its WANs are known by then")
    func reload() async throws {
        let rig = try Rig()
        rig.start()
        rig.loop.take(.configured(Rig.settings(wans: 1)))
        #expect(rig.loop.engine.settings.wans.count == 1 && rig.prober.kept.last?.count == 1)
        #expect(!rig.kernel.allRoutes.contains { $0.isOurs && $0.interface == usb0 })
        rig.loop.take(.configured(Rig.settings()))
        #expect(rig.kernel.allRoutes.contains { $0.isOurs && $0.interface == usb0 })
    }
}
