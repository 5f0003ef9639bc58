import FoundationEssentials
import Model
import Testing

@Suite struct SessionTallyTests {
    private static let client = IPAddress.v4(IPv4Address(bits: 0xc0a8_580b))

    private func turns(_ count: Int, of tally: inout SessionTally) -> [NewSessions] { (0..<count).map { _ in tally.endTurn() } }

    @Test("an answer counts when it comes, silence after two turns more; each session once, by its kind")
    func fates() {
        var tally = SessionTally()
        tally.begin(1, .web, of: Self.client)
        tally.begin(2, .dns, of: Self.client)
        tally.begin(3, .tcp, of: Self.client)
        tally.answer(1)
        tally.answer(1)
        #expect(!tally.isIdle)
        var turns = turns(2, of: &tally)
        tally.answer(3)
        turns += self.turns(2, of: &tally)
        tally.answer(2)
        turns += self.turns(2, of: &tally)
        var first = NewSessions()
        first[.web].answered = 1
        var third = NewSessions()
        third[.tcp].answered = 1
        third[.dns].unanswered = 1
        #expect(turns == [first, NewSessions(), third, NewSessions(), NewSessions(), NewSessions()])
        #expect(tally.isIdle)
    }

    @Test("who opens a thousand at once counts for eight, and others as they are")
    func scan() {
        var tally = SessionTally()
        for id in 1...1000 { tally.begin(UInt32(id), .tcp, of: Self.client) }
        tally.begin(2000, .tcp, of: .v4(IPv4Address(bits: 1)))
        var unanswered = 0
        for turn in turns(4, of: &tally) { unanswered += turn[.tcp].unanswered }
        #expect(unanswered == 9)
    }

    @Test("a flood from as many addresses fills no memory")
    func flood() {
        var tally = SessionTally()
        for id in 1...100_000 { tally.begin(UInt32(id), .tcp, of: .v4(IPv4Address(bits: UInt32(id)))) }
        var unanswered = 0
        for turn in turns(4, of: &tally) { unanswered += turn[.tcp].unanswered }
        #expect(unanswered == 4096)
        #expect(tally.isIdle)
    }

    @Test("what is lost of the notices is nobody's silence")
    func lost() {
        var tally = SessionTally()
        tally.begin(1, .tcp, of: Self.client)
        tally.forget()
        #expect(turns(5, of: &tally) == Array(repeating: NewSessions(), count: 5))
    }

    @Test("in a recording it is what it was")
    func recorded() throws {
        var sessions = NewSessions()
        sessions[.web] = .init(answered: 3, unanswered: 4)
        sessions[.dns] = .init(answered: 0, unanswered: 1)
        #expect(try JSONDecoder().decode(NewSessions.self, from: JSONEncoder().encode(sessions)) == sessions)
        for text in [#"{"web": [1]}"#, #"{"web": [1, -2]}"#, #"{"web": 3}"#] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(NewSessions.self, from: Data(text.utf8)) }
        }
    }
}
