import ControlProtocol
import Engine
import Model
import Selection
import Shell
import Testing
import Varlink

@Suite("A drill and whoever waits for it")
struct DrillDeskTests {
    private final class Everybody { var told: [Happening] = [] }

    /// The desk on a rig, with what its caller and everybody else are told.
    private final class Drill {
        let rig: Rig
        let desk: DrillDesk
        var steps: [DrillProgress] = []
        var answers: [DrillProgress] = []
        let everybody = Everybody()
        var told: [Happening] { everybody.told }
        /// Whose patience with the reports is to end.
        final class Waits { var all: [() -> Void] = [] }
        let waits = Waits()

        init() async throws {
            let rig = try await Rig.inOrder()
            self.rig = rig
            desk = DrillDesk(
                rig.loop, now: { rig.time.now }, later: { [waits] in waits.all.append($1) },
                tell: { [everybody] in everybody.told.append($0) })
            rig.onlooker.listener = { [unowned self] happening in
                var happening = happening
                // As whoever makes the reports does.
                if case .switched(var what) = happening {
                    what.report = "of \(what.to?.description ?? "")"
                    happening = .switched(what)
                }
                desk.hear(happening)
            }
        }

        /// The last one who has asked.
        private(set) var caller = 0

        func begin(force: Bool = false) throws(DrillRefusal) {
            caller = desk.newCaller()
            guard let wan = WANName("telkom") else { return }
            let order = DrillOrder(wan: wan, fault: .down, duration: .seconds(10), unixTime: 0)
            try desk.begin(order, of: caller, force: force) { [unowned self] in
                steps.append($0)
            } answer: { [unowned self] in
                answers.append($0)
            }
        }

        func report(on wan: String, backedUp: Int, broken: Int) {
            desk.reported(.example(id: "of \(wan)", backedUp: backedUp, broken: broken))
        }
    }

    @Test("it is told step by step, and answered when the reports of both switches are finished")
    func passed() async throws {
        let drill = try await Drill()
        try drill.begin()
        #expect(drill.rig.loop.engine.selection.wan == WANName("smartfren"))
        drill.rig.time.pass(.seconds(120))
        #expect(drill.rig.loop.engine.drill == nil && drill.rig.loop.engine.selection.wan == WANName("telkom"))
        #expect(drill.steps.map(\.step) == ["begun", "set", "failover", "ended", "failback"])
        #expect(drill.answers.isEmpty && drill.waits.all.count == 1)
        drill.report(on: "smartfren", backedUp: 3, broken: 0)
        #expect(drill.answers.isEmpty && drill.steps.last?.step == "report")
        drill.report(on: "telkom", backedUp: 0, broken: 0)
        #expect(drill.answers.map(\.outcome) == ["passed"] && drill.answers[0].message.code == "drill-judged")
        #expect(drill.answers[0].message.arguments["verdict"] == "clients-backed-up")
        #expect(
            drill.told == [.drillJudged(.clientsBackedUp, message: "The drill of telkom is over: failover and failback.")]
                && drill.told[0].sentence == drill.answers[0].message)
        #expect(drill.told[0].severity == .notice)
        drill.waits.all[0]()
        #expect(drill.answers.count == 1)
    }

    @Test("clients that were lost, or reports that never come, make it fail")
    func notBackedUp() async throws {
        for isBroken in [true, false] {
            let drill = try await Drill()
            try drill.begin()
            drill.rig.time.pass(.seconds(120))
            drill.report(on: "smartfren", backedUp: 1, broken: isBroken ? 1 : 0)
            if isBroken { drill.report(on: "telkom", backedUp: 1, broken: 0) } else { drill.waits.all[0]() }
            #expect(drill.answers.map(\.outcome) == ["not-backed-up"])
            #expect(drill.told.map(\.sentence) == [drill.answers[0].message])
            #expect(drill.answers[0].message.arguments["verdict"] == (isBroken ? "clients-lost" : "reports-missing"))
            #expect(drill.told[0].severity == .warning)
        }
    }

    @Test("it ends when its caller goes, and he is answered all the same")
    func left() async throws {
        let drill = try await Drill()
        try drill.begin()
        drill.desk.left(drill.caller)
        #expect(drill.rig.loop.engine.drill == nil && drill.answers.map(\.outcome) == ["stopped"] && drill.told.isEmpty)
        drill.desk.left(drill.caller)
        #expect(drill.answers.count == 1)
        try drill.begin()
    }

    @Test("a second one is refused; forced, it ends the first, whose caller is answered")
    func second() async throws {
        let wan = try #require(WANName("telkom"))
        let drill = try await Drill()
        try drill.begin()
        #expect(throws: DrillRefusal.underWay(wan)) { try drill.begin() }
        // Whoever was refused may leave: the drill isn't his.
        drill.desk.left(drill.caller)
        #expect(drill.answers.isEmpty && drill.rig.loop.engine.drill != nil)
        try drill.begin(force: true)
        #expect(drill.answers.map(\.outcome) == ["stopped"] && drill.rig.loop.engine.drill != nil)
    }

    @Test("while the reports of one that is over are made, another is refused")
    func busy() async throws {
        let drill = try await Drill()
        try drill.begin()
        drill.rig.time.pass(.seconds(120))
        #expect(drill.rig.loop.engine.drill == nil && drill.answers.isEmpty)
        #expect(throws: DrillRefusal.reportsPending) { try drill.begin(force: true) }
        drill.waits.all[0]()
        try drill.begin()
    }

    @Test("nobody's patience ends another's waiting")
    func ownPatience() async throws {
        let drill = try await Drill()
        try drill.begin()
        drill.rig.time.pass(.seconds(120))
        drill.desk.left(drill.caller)
        #expect(drill.answers.count == 1)
        try drill.begin()
        drill.rig.time.pass(.seconds(120))
        #expect(drill.waits.all.count == 2)
        drill.waits.all[0]()
        #expect(drill.answers.count == 1)
        drill.waits.all[1]()
        #expect(drill.answers.count == 2)
    }
}

extension SwitchReport {
    fileprivate static func example(id: String, backedUp: Int, broken: Int) -> SwitchReport {
        SwitchReport {
            $0.id = id
            $0.kind = "failover"
            $0.from = "telkom"
            $0.to = "smartfren"
            $0.drill = "down"
            $0.evidence = []
            $0.decided = ""
            $0.clientsBefore = backedUp + broken
            $0.sessionsBefore = 0
            $0.backedUp = backedUp
            $0.staying = 0
            $0.idle = 0
            $0.gone = 0
            $0.broken = broken
            $0.finished = true
            $0.notes = []
            $0.clients = []
        }
    }
}
