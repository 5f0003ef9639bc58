import Engine
import Health
import KernelFake
import Model
import Plan
import Selection
import Testing

@Suite("A drill in an office")
struct DrillTests {
    private static let window: ClosedRange<Int64> = 1_795_546_800...1_795_546_861

    private static func order(_ fault: DrillFault, _ wan: WANName? = World.telkom, seconds: Int = 60) throws -> DrillOrder {
        DrillOrder(wan: try #require(wan), fault: fault, duration: .seconds(seconds), unixTime: window.lowerBound)
    }

    private static func office(metered: Bool = false) throws -> World {
        let world = try World.office(metered: metered)
        world.start()
        world.run(for: .seconds(30))
        world.notices = []
        world.sweeps = []
        return world
    }

    private func steps(_ world: World) -> [String] { world.notices.compactMap { $0.drillStep?.name } }
    private func outcome(_ world: World) -> String? {
        guard case .over(let outcome, _, _) = world.notices.compactMap(\.drillStep).last?.what else { return nil }
        return outcome.rawValue
    }

    /// While its rules stand nothing that leaves by telkom does.
    private func play(_ world: World) throws {
        let stands = world.firewall[.mangle]?["UPLINKD_DRILL"] != nil
        world.refusingWANs = stands ? [try #require(World.telkom)] : []
    }

    @Test("down: the selection moves at once and nobody is cut off, and comes back at the end though nothing was ever wrong")
    func down() throws {
        let world = try Self.office()
        world.deleted = 12
        world.send(.drill(try Self.order(.down)))
        #expect(world.isSelected(World.smartfren))
        #expect(world.mainRoutes == ["usb0 2", "eth0 1001"])
        #expect(world.sweeps.count == 1)
        #expect(world.firewall[.mangle]?["UPLINKD_DRILL"] == nil)
        #expect(world.engine.reason(at: world.now).description == "telkom is down (drill)")
        #expect(world.engine.healths.first?.state == .up)
        let clauses = world.engine.explanation(at: world.now)[0].clauses.map(\.sentence)
        #expect(clauses.map(\.code) == ["up", "drill-playing"])
        #expect(clauses.last?.text == "a drill plays that telkom is down, for 60 s more")
        #expect(world.engine.drillNow(at: world.now)?.sentence.text == "A drill plays that telkom is down, for 60 s more.")
        world.run(for: .seconds(59))
        #expect(world.isSelected(World.smartfren))
        world.run(for: .seconds(2))
        #expect(world.isSelected(World.telkom))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(steps(world) == ["begun", "set", "failover", "ended", "failback", "over"])
        #expect(outcome(world) == "passed")
        #expect(world.engine.drill == nil)
        #expect(world.engine.drillNow(at: world.now) == nil)
        let switches = world.notices.filter { $0.kind == .selection }
        #expect(switches.map(\.switched?.drill) == [.down, .down])
        #expect(switches.first?.message == "Failover from telkom to smartfren: telkom is down (drill).")
    }

    @Test("down: the failback keeps the minimum stay, as a real one would")
    func minimumStay() throws {
        let world = try Self.office()
        world.configure(try World.settings(minimumStay: .seconds(30)))
        world.send(.drill(try Self.order(.down, seconds: 10)))
        world.run(for: .seconds(29))
        #expect(world.isSelected(World.smartfren))
        #expect(world.engine.drillNow(at: world.now)?.sentence.text == "A drill is over, and telkom has yet to be selected again.")
        world.run(for: .seconds(2))
        #expect(world.isSelected(World.telkom))
        #expect(outcome(world) == "passed")
    }

    @Test("silent: rules in both families play it, uplinkd finds it by its own probes, and the rules go when the time is over")
    func silent() throws {
        let world = try Self.office()
        world.send(.drill(try Self.order(.silent)))
        for place in [FirewallPlace.mangle, .mangle6] {
            #expect(
                world.firewall[place]?["UPLINKD_DRILL"]
                    == ["-o eth0 -m time --datestart 2026-11-24T19:00:00 --datestop 2026-11-24T19:01:01 -j DROP"])
            #expect(world.firewall[place]?["POSTROUTING"] == ["-j UPLINKD_DRILL"])
        }
        #expect(world.isSelected(World.telkom))
        try play(world)
        let out = try #require(world.run(until: { $0.isSelected(World.smartfren) }))
        #expect(out < .seconds(1.5))
        world.run(until: { $0.firewall[.mangle]?["UPLINKD_DRILL"] == nil })
        try play(world)
        #expect(world.firewall[.mangle6]?["UPLINKD_DRILL"] == nil && world.firewall[.mangle]?["POSTROUTING"] == nil)
        #expect(world.engine.isFirewallSettled)
        world.run(until: { $0.isSelected(World.telkom) })
        #expect(steps(world) == ["begun", "set", "noticed", "failover", "ended", "failback", "over"])
        #expect(outcome(world) == "passed")
        guard case .over(_, let failover?, let failback?) = world.notices.compactMap(\.drillStep).last?.what else {
            Issue.record("no failover and failback")
            return
        }
        #expect(failover > .zero && failover < .milliseconds(1500))
        // The hold.
        #expect(failback >= .milliseconds(10_000) && failback < .milliseconds(13_000))
        #expect(world.notices.filter { $0.message.hasSuffix("is being put in place.") } == [])
    }

    @Test("a fault that moves nobody is over at its end, and says so")
    func noFailover() throws {
        let world = try Self.office()
        world.send(.drill(try Self.order(.lossy(3))))
        world.run(for: .seconds(61))
        #expect(steps(world) == ["begun", "set", "ended", "over"])
        #expect(outcome(world) == "no-failover")
        #expect(world.firewall[.mangle]?["UPLINKD_DRILL"] == nil)
    }

    @Test("a WAN that doesn't come back is waited for, and not for ever")
    func noFailback() throws {
        let world = try Self.office()
        world.send(.drill(try Self.order(.silent)))
        try play(world)
        world.run(for: .seconds(70))
        #expect(world.engine.drill != nil)
        world.run(for: .seconds(360))
        #expect(outcome(world) == "no-failback")
        #expect(world.engine.drill == nil)
    }

    @Test(
        "the backup fails: the fault is taken back in the same step, before and after the failover", arguments: [DrillFault.down, .silent])
    func backupFails(fault: DrillFault) throws {
        let world = try Self.office()
        world.send(.drill(try Self.order(fault)))
        try play(world)
        world.run(until: { $0.isSelected(World.smartfren) })
        world.kernel.setCarrier(false, try #require(InterfaceName("usb0")))
        world.look()
        try play(world)
        #expect(world.engine.drill == nil)
        #expect(world.firewall[.mangle]?["UPLINKD_DRILL"] == nil)
        #expect(world.mainRoutes.first?.hasPrefix("eth0") == true)
        #expect(outcome(world) == "stopped")
        #expect(world.notices.contains { $0.message == "The fault is taken back: no other WAN can be used any more." })
        if fault == .down { #expect(world.isSelected(World.telkom)) }
    }

    @Test("the operator's choice, the caller's going and a configuration that changes the WAN end it; another change doesn't")
    func ended() throws {
        for ending in ["switch", "gone", "reload"] {
            let world = try Self.office()
            world.send(.drill(try Self.order(.silent)))
            world.configure(try World.settings(minimumStay: .seconds(5)))
            #expect(world.engine.drill?.isPlaying == true)
            switch ending {
            case "switch": world.send(.pinned(World.smartfren))
            case "gone": world.send(.drillEnded(.callerLeft))
            default: world.configure(try World.settings(hold: .seconds(11)))
            }
            #expect(world.engine.drill == nil, "\(ending)")
            #expect(world.firewall[.mangle]?["UPLINKD_DRILL"] == nil && world.firewall[.mangle6]?["UPLINKD_DRILL"] == nil)
            #expect(outcome(world) == "stopped")
        }
    }

    @Test("a kernel that can't end the rules by itself has no such drill, and loses nothing by the attempt")
    func noTimeMatch() throws {
        let world = try Self.office()
        world.firewallError = "iptables-restore failed: Couldn't load match `time'"
        world.send(.drill(try Self.order(.silent)))
        #expect(world.engine.drill == nil)
        #expect(outcome(world) == "stopped")
        #expect(
            world.notices.contains {
                $0.message.contains("its rules can't be set (a kernel without xt_time") && $0.message.contains("`time'")
            })
        #expect(world.notices.allSatisfy { $0.severity != .error })
        #expect(world.engine.firewallProblems == [])
        #expect(world.engine.isFirewallSettled && world.engine.isNATInOrder)
    }

    @Test("a box without ip6tables plays it in IPv4")
    func noIPv6() throws {
        let world = try World.office()
        world.firewall6Error = "ip6tables-restore is not in /usr/sbin"
        world.start()
        world.run(for: .seconds(30))
        world.send(.drill(try Self.order(.silent)))
        #expect(world.firewall[.mangle]?["UPLINKD_DRILL"] != nil)
        #expect(steps(world) == ["begun", "set"])
    }

    @Test("a daemon that starts finds the rules of a drill that nobody remembers, and takes them away")
    func restart() throws {
        let world = try Self.office()
        world.send(.drill(try Self.order(.silent)))
        let next = World(settings: world.engine.settings, kernel: world.kernel, undo: world.engine.undo, at: world.now + .seconds(5))
        next.firewall = world.firewall
        #expect(next.firewall[.mangle]?["UPLINKD_DRILL"] != nil)
        next.start()
        #expect(next.firewall[.mangle]?["UPLINKD_DRILL"] == nil && next.firewall[.mangle6]?["UPLINKD_DRILL"] == nil)
    }

    @Test("however often somebody meddles: the end of a drill doesn't wait for the limit on repairs")
    func fight() throws {
        let world = try Self.office()
        world.send(.drill(try Self.order(.silent)))
        for _ in 0..<30 {
            world.firewall[.mangle]?["UPLINKD_RESTORE_PRE"] = ["-j RETURN"]
            world.send(.firewallObserved(.mangle, world.firewall[.mangle] ?? [:]))
        }
        world.firewall[.mangle]?["UPLINKD_RESTORE_PRE"] = ["-j CONNMARK --restore-mark --nfmask 0xf000000 --ctmask 0xf000000"]
        world.send(.firewallObserved(.mangle, world.firewall[.mangle] ?? [:]))
        world.send(.drillEnded(.stopping))
        #expect(world.firewall[.mangle]?["UPLINKD_DRILL"] == nil)
    }

    // MARK: refusals

    private func refusal(_ world: World, _ order: DrillOrder, force: Bool = false) -> DrillRefusal? {
        do {
            try world.engine.permit(order, force: force, at: world.now)
            return nil
        } catch { return error }
    }

    @Test("what proves nothing or cuts the office off is refused with the way out; --force has it all the same")
    func refused() throws {
        let telkom = try #require(World.telkom)
        let world = try Self.office()
        #expect(refusal(world, try Self.order(.silent)) == nil)
        let standby = try Self.order(.down, World.smartfren)
        #expect(refusal(world, standby)?.sentence.text.hasPrefix("smartfren doesn't carry new sessions, telkom does") == true)
        #expect(refusal(world, standby, force: true) == nil)
        #expect(refusal(world, try Self.order(.dns)) == .noDNSTarget(telkom))
        #expect(refusal(world, try Self.order(.lossy(30))) == .lossAllowed(telkom, leave: nil, percent: 30))
        world.configure(try World.settings(thresholds: Thresholds(loss: .init(leave: 0.3, back: 0.1))))
        #expect(refusal(world, try Self.order(.lossy(30))) == .lossAllowed(telkom, leave: 0.3, percent: 30))
        #expect(refusal(world, try Self.order(.lossy(31))) == nil)

        world.silentWANs = [try #require(World.smartfren)]
        world.run(for: .seconds(5))
        #expect(refusal(world, try Self.order(.down))?.sentence.text.hasPrefix("No other WAN is ready: smartfren is down: ") == true)
        #expect(refusal(world, try Self.order(.down), force: true) == nil)
        // Forced without a backup, it isn't ended for want of one.
        world.send(.drill(try Self.order(.down)))
        world.run(for: .seconds(5))
        #expect(world.engine.drill?.isPlaying == true)
        #expect(refusal(world, try Self.order(.down)) == .underWay(telkom))
    }

    @Test("the only WAN is never drilled")
    func onlyOne() throws {
        let telkom = try #require(World.telkom)
        let world = try Self.office()
        var settings = world.engine.settings
        settings.wans.removeLast()
        world.configure(settings)
        world.run(for: .seconds(1))
        #expect(refusal(world, try Self.order(.down), force: true) == .onlyWAN(telkom))
    }

    @Test("nothing is begun before the kernel has been read")
    func tooEarly() throws {
        let world = try World.office()
        #expect(refusal(world, try Self.order(.down), force: true) == .nothingRead)
    }
}
