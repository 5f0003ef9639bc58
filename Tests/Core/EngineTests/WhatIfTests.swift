import Health
import KernelFake
import Model
import Testing

@testable import Engine

@Suite("What if")
struct WhatIfTests {
    private let telkom: WANName
    private let smartfren: WANName

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
    }

    private func office(_ settings: Settings? = nil) throws -> World {
        let world = World(settings: try settings ?? World.settings())
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom()
        try world.plugSmartfren()
        world.start()
        world.run(for: .seconds(60))
        return world
    }

    @Test("what is said of a silent upstream is what then happens: the WAN, the commands, and the time")
    func silent() throws {
        let world = try office()
        let before = world.engine
        let answer = try world.engine.whatIf([telkom: .down], at: world.now)
        #expect(world.engine == before)
        #expect(answer.answer.sentence.text == "Traffic would move from telkom to smartfren: telkom is down (upstream silent).")
        #expect(answer.lines.map(\.wan) == [telkom, smartfren])
        #expect(answer.lines[0].text.hasPrefix("telkom would be down, which would be found out within "))
        #expect(answer.lines[0].text.hasSuffix("; its sessions would begin anew by smartfren."))
        #expect(answer.lines[1].text.hasSuffix("; it would carry new sessions."))
        let longest = try #require(world.engine.healths[0].longestDetection(of: .down))
        world.commands = []
        world.silentUpstreams = [telkom]
        let time = try #require(world.run(until: { $0.isSelected(World.smartfren) }))
        #expect(world.commands == answer.commands)
        #expect(!answer.commands.isEmpty)
        #expect(time <= longest, "\(time), said \(longest)")
        #expect(longest < .seconds(2))
    }

    @Test("the time that is said is never too short, at any phase", arguments: 0..<20)
    func longest(phase: Int) throws {
        let world = try office()
        world.run(for: .milliseconds(phase * 53))
        let longest = try #require(world.engine.healths[0].longestDetection(of: .down))
        world.silentUpstreams = [telkom]
        let time = try #require(world.run(until: { $0.isSelected(World.smartfren) }))
        #expect(time <= longest, "\(time), said \(longest)")
    }

    @Test("a modem that is unplugged does what was said of it")
    func absent() throws {
        let world = try office()
        let answer = try world.engine.whatIf([telkom: .absent], at: world.now)
        #expect(answer.lines[0].text.contains("absent, which the kernel tells of at once"))
        world.commands = []
        world.kernel.unplug(try #require(InterfaceName("eth0")))
        world.look()
        #expect(world.isSelected(smartfren))
        #expect(world.commands == answer.commands)
    }

    @Test("without any WAN nobody would have Internet")
    func nobody() throws {
        let world = try office()
        let answer = try world.engine.whatIf([telkom: .down, smartfren: .noCarrier], at: world.now)
        #expect(
            answer.answer.sentence.text.hasPrefix(
                "Nobody would have Internet: telkom is down (upstream silent), smartfren is without carrier."))
        #expect(answer.lines[0].text.contains("its sessions would stand still until a WAN works"))
    }

    @Test("the standby's fault moves nobody")
    func standby() throws {
        let world = try office()
        let answer = try world.engine.whatIf([smartfren: .down], at: world.now)
        #expect(answer.answer.sentence.text == "Traffic would stay on telkom: it is the first choice.")
        #expect(answer.lines[0].text.hasSuffix("it would go on carrying new sessions."))
    }

    @Test("on the backup: the first choice would have it again, and the sessions stay where they are")
    func back() throws {
        let world = try office()
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        let answer = try world.engine.whatIf([telkom: .up], at: world.now)
        #expect(answer.answer.sentence.text == "Traffic would move from smartfren to telkom: it is the first choice.")
        #expect(answer.lines[1].text.hasSuffix("the sessions that are on it would stay."))
    }

    @Test("a minimum stay is kept to, and the operator's choice")
    func held() throws {
        let world = try office(try World.settings(minimumStay: .seconds(600)))
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        #expect(
            try world.engine.whatIf([telkom: .up], at: world.now).answer == .stays(smartfren, .staying(better: telkom, seconds: 600)))
        world.silentUpstreams = []
        world.run(for: .seconds(700))
        world.send(.pinned(smartfren))
        #expect(try world.engine.whatIf([telkom: .up], at: world.now).answer == .stays(smartfren, .pinned))
        #expect(
            try world.engine.whatIf([smartfren: .down], at: world.now).answer.sentence.text.hasPrefix(
                "Traffic would move from smartfren to telkom"))
    }

    @Test("what nothing would ever find out is refused, with what is missing")
    func unjudged() throws {
        let world = try office()
        for (state, missing) in [(Supposed.lossy, "thresholds.loss"), (.slow, "thresholds"), (.noDNS, "kind dns"), (.portal, "kind http")] {
            let refusal = #expect(throws: WhatIfRefusal.self) { try world.engine.whatIf([telkom: state], at: world.now) }
            #expect(refusal == .neverFound(telkom, state) && refusal?.sentence.text.contains(missing) == true, "\(state)")
        }
        let judged = try office(try World.settings(thresholds: Thresholds(loss: .init(leave: 0.2, back: 0.1))))
        #expect(
            try judged.engine.whatIf([telkom: .lossy], at: judged.now).answer.sentence.text
                == "Traffic would move from telkom to smartfren: telkom is impaired (lossy).")
    }

    @Test("before the kernel has been read nothing can be said")
    func early() throws {
        let engine = Engine(settings: try World.settings(), at: .start)
        #expect(throws: WhatIfRefusal.nothingRead) { try engine.whatIf([telkom: .down], at: .start) }
    }
}
