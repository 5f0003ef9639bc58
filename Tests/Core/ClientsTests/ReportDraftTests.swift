import Clients
import Model
import Testing

@Suite struct ReportDraftTests {
    static let decided = Instant.start + .seconds(100)

    static func draft(keepsSessions: Bool = false) -> ReportDraft {
        ReportDraft(
            from: Office.telkom, to: Office.smartfren, decidedAt: decided, keepsSessions: keepsSessions, ground: Office.ground)
    }

    /// Hosts with a session each by telkom.
    static func before(_ hosts: [Int]) -> (Census, LANTable) {
        var census = Census(Office.ground)
        for host in hosts { census.add(Office.session(Office.host(host), id: UInt32(host)), idleSeconds: 1) }
        return (census, LANTable(hosts.map { Office.neighbour($0) }))
    }

    static func reply(_ host: Int, by wan: Int = 2, answered: Bool = true) -> SessionNotice {
        .seen(Office.session(Office.host(host), by: wan, answered: answered, id: UInt32(host + 1000)))
    }

    /// One client, and what is heard and seen of it after the switch.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var keepsSessions = false
        var notices: [SessionNotice] = []
        var after: [(session: SessionEntry, idleSeconds: UInt32)] = []
        var neighbours: [Neighbour] = [Office.neighbour(7)]
        let outcome: ReportDraft.Figures.Outcome
    }

    static let cases: [Case] = [
        Case(testDescription: "a reply by the new WAN is heard", notices: [reply(7)], outcome: .backedUp),
        Case(
            testDescription: "a reply by the new WAN is seen in the table alone",
            after: [(Office.session(Office.host(7), by: 2, id: 9), 3)], outcome: .backedUp),
        Case(
            testDescription: "an old session by the new WAN proves nothing",
            after: [(Office.session(Office.host(7), by: 2, id: 9), 21)], outcome: .idle),
        Case(testDescription: "a reply by the old WAN proves nothing", notices: [reply(7, by: 1)], outcome: .idle),
        Case(testDescription: "a session that isn't answered proves nothing", notices: [reply(7, answered: false)], outcome: .idle),
        Case(
            testDescription: "it asks by the new WAN and hears nothing",
            after: [(Office.session(Office.host(7), by: 2, answered: false, id: 9), 3)], outcome: .broken),
        Case(
            testDescription: "its session goes on by the WAN left", keepsSessions: true,
            after: [(Office.session(Office.host(7), id: 7), 3)], outcome: .staying),
        Case(
            testDescription: "its session is left on a dead WAN", after: [(Office.session(Office.host(7), id: 7), 3)], outcome: .broken),
        Case(
            testDescription: "its session stands by the WAN left, and nothing moves", keepsSessions: true,
            after: [(Office.session(Office.host(7), id: 7), 25)], outcome: .idle),
        Case(
            testDescription: "it stays and has a new session as well", keepsSessions: true, notices: [reply(7)],
            after: [(Office.session(Office.host(7), id: 7), 3)], outcome: .backedUp),
        Case(testDescription: "it says nothing", outcome: .idle),
        Case(
            testDescription: "it says nothing, and nobody has asked for it lately", neighbours: [Office.neighbour(7, .stale)],
            outcome: .idle),
        Case(testDescription: "it doesn't answer the box any more", neighbours: [Office.neighbour(7, .failed)], outcome: .gone),
        Case(testDescription: "the box has forgotten it", neighbours: [], outcome: .gone),
        Case(
            testDescription: "it asked in vain and has left",
            after: [(Office.session(Office.host(7), by: 2, answered: false, id: 9), 3)], neighbours: [], outcome: .broken),
    ]

    @Test("of a switch of one family, sessions of the other are nobody's who was to be moved")
    func oneFamily() {
        let six = Office.address("fd00:1::7")
        var census = Census(Office.ground)
        census.add(Office.session(Office.host(7), id: 1), idleSeconds: 1)
        census.add(Office.session(six, id: 2), idleSeconds: 1)
        census.add(Office.session(Office.address("fd00:1::8"), id: 3), idleSeconds: 1)
        let table = LANTable([
            Office.neighbour(7), Office.neighbour(7, address: six), Office.neighbour(8, address: Office.address("fd00:1::8")),
        ])
        var after = Census(Office.ground, secondsSince: 20)
        after.add(Office.session(six, id: 2), idleSeconds: 3)
        func figures(_ family: IPFamily?) -> ReportDraft.Figures {
            var draft = ReportDraft(
                from: Office.telkom, to: Office.smartfren, decidedAt: Self.decided, keepsSessions: false, family: family,
                ground: Office.ground)
            draft.take(before: census, table)
            draft.take(after: after)
            return draft.figures(table)
        }
        #expect(figures(nil).clients.count == 2 && figures(nil).sessionsBefore == 3 && figures(nil).count(.broken) == 1)
        #expect(figures(.v4).clients.count == 1 && figures(.v4).sessionsBefore == 1 && figures(.v4).count(.broken) == 0)
    }

    @Test("what becomes of a client", arguments: cases)
    func outcome(_ one: Case) {
        var draft = Self.draft(keepsSessions: one.keepsSessions)
        let (census, table) = Self.before([7])
        draft.take(before: census, table)
        for notice in one.notices { draft.take(notice, at: Self.decided + .milliseconds(300)) }
        var after = Census(Office.ground, secondsSince: 20)
        for entry in one.after { after.add(entry.session, idleSeconds: entry.idleSeconds) }
        draft.take(after: after)
        let figures = draft.figures(LANTable(one.neighbours))
        #expect(figures.clients.map(\.outcome) == [one.outcome])
        #expect(figures.count(one.outcome) == 1)
        #expect(figures.clients[0].firstReply == (one.notices.isEmpty || one.outcome != .backedUp ? nil : .milliseconds(300)))
    }

    @Test("the fastest, the median and the slowest of the first replies; the slowest client comes first")
    func times() {
        var draft = Self.draft()
        let (census, table) = Self.before([11, 12, 13, 14, 15])
        draft.take(before: census, table)
        for (host, milliseconds) in [(12, 900), (11, 200), (13, 400), (14, 300), (12, 1500)] {
            draft.take(Self.reply(host), at: Self.decided + .milliseconds(milliseconds))
        }
        #expect(!draft.isSettled)
        let figures = draft.figures(table)
        #expect(figures.clients.map(\.client.addresses) == [12, 13, 14, 11, 15].map { [Office.host($0)] })
        #expect(figures.fastest == .milliseconds(200))
        #expect(figures.median == .milliseconds(350))
        #expect(figures.slowest == .milliseconds(900))
        #expect(figures.count(.backedUp) == 4)
        #expect(figures.count(.idle) == 1)
        draft.take(Self.reply(15), at: Self.decided + .seconds(2))
        #expect(draft.isSettled)
    }

    @Test("replies that were heard before the decision, or before the count came, are judged by their time")
    func order() {
        var draft = Self.draft(keepsSessions: true)
        draft.take(Self.reply(7), at: Self.decided + .milliseconds(-1))
        draft.take(Self.reply(8), at: Self.decided + .milliseconds(50))
        #expect(!draft.isSettled)
        let (census, table) = Self.before([7, 8])
        draft.take(before: census, table)
        #expect(!draft.isSettled)
        draft.take(Self.reply(7), at: Self.decided + .milliseconds(70))
        #expect(draft.isSettled)
        #expect(draft.figures(table).clients.map(\.firstReply) == [.milliseconds(70), .milliseconds(50)])
    }

    @Test("who was forgotten before the count already is gone as well; of a guest behind a router nobody can tell")
    func forgotten() {
        var census = Census(Office.ground)
        census.add(Office.session(Office.host(7), id: 1), idleSeconds: 1)
        census.add(Office.session(Office.address("10.20.0.5"), id: 2), idleSeconds: 1)
        var draft = Self.draft()
        draft.take(before: census, LANTable())
        #expect(draft.figures(LANTable()).clients.map(\.outcome) == [.idle, .gone])
        // The neighbours couldn't be read: nothing is known of anybody.
        #expect(draft.figures(nil).clients.map(\.outcome) == [.idle, .idle])
    }

    @Test("who had nothing that was answered, or was silent for a minute, wasn't active before")
    func inactive() {
        var census = Census(Office.ground)
        census.add(Office.session(Office.host(7), answered: false, id: 1), idleSeconds: 1)
        census.add(Office.session(Office.host(8), id: 2), idleSeconds: 61)
        census.add(Office.session(Office.host(9), by: 2, id: 3), idleSeconds: 1)
        var draft = Self.draft()
        draft.take(before: census, LANTable((7...9).map { Office.neighbour($0) }))
        #expect(draft.isSettled)
        #expect(draft.figures(nil).clients.isEmpty)
    }

    @Test("a host's addresses are one client, also one that it took meanwhile")
    func addresses() {
        let six = Office.address("fd00:1::7")
        var census = Census(Office.ground)
        census.add(Office.session(Office.host(7), id: 1), idleSeconds: 1)
        census.add(Office.session(six, to: "2001:db8:f::1", id: 2), idleSeconds: 1)
        var draft = Self.draft()
        draft.take(before: census, LANTable([Office.neighbour(7), Office.neighbour(7, address: six)]))
        let new = Office.address("fd00:1::7777")
        draft.take(.seen(Office.session(new, by: 2, to: "2001:db8:f::1", id: 3)), at: Self.decided + .seconds(1))
        #expect(!draft.isSettled)
        let figures = draft.figures(LANTable([Office.neighbour(7), Office.neighbour(7, address: new)]))
        #expect(figures.clients.count == 1)
        #expect(figures.sessionsBefore == 2)
        #expect(figures.slowest == .seconds(1))
        #expect(figures.clients[0].outcome == .backedUp)
    }
}
