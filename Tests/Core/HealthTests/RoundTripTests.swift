import Testing

@testable import Health

@Suite("The adaptive timeout")
struct RoundTripTests {
    @Test("is nothing before the first reply, and three times the first round trip after it")
    func first() {
        var roundTrip = RoundTrip()
        #expect(roundTrip.patience(atLeast: .milliseconds(100), atMost: .seconds(1)) == nil)
        roundTrip.add(.milliseconds(200))
        // RFC 6298, (2.2): SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 × RTTVAR.
        #expect(roundTrip.patience(atLeast: .milliseconds(100), atMost: .seconds(10)) == .milliseconds(600))
    }

    @Test("never falls below 100 ms nor rises above the configured timeout")
    func bounds() {
        var roundTrip = RoundTrip()
        for _ in 0..<50 { roundTrip.add(.milliseconds(1)) }
        #expect(roundTrip.patience(atLeast: .milliseconds(100), atMost: .seconds(1)) == .milliseconds(100))
        for _ in 0..<50 { roundTrip.add(.seconds(5)) }
        #expect(roundTrip.patience(atLeast: .milliseconds(100), atMost: .seconds(1)) == .seconds(1))
    }

    @Test("comes down to the round trip and a third of the minimum when that is steady")
    func steady() throws {
        var roundTrip = RoundTrip()
        for _ in 0..<100 { roundTrip.add(.milliseconds(300)) }
        let patience = try #require(roundTrip.patience(atLeast: .milliseconds(100), atMost: .seconds(2)))
        #expect(patience >= .milliseconds(300) && patience < .milliseconds(340))
    }

    @Test("widens when the round trip jumps")
    func jump() throws {
        var roundTrip = RoundTrip()
        for _ in 0..<20 { roundTrip.add(.milliseconds(20)) }
        roundTrip.add(.milliseconds(400))
        #expect(try #require(roundTrip.patience(atLeast: .milliseconds(100), atMost: .seconds(2))) > .milliseconds(400))
    }
}
