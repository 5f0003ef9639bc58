import Model
import Probing
import Testing

@testable import Tracing

/// A path of routers, seen from outside: what the trace sends, and what comes back for it.
private struct Path {
    /// Of hop 1, 2, …; nil: a router that says nothing.
    var routers: [String?]
    /// nil: behind the routers nobody answers.
    var target: String?
    var identifier: UInt16 = 0x1234
    let asked = "203.0.113.9"

    func trace(_ limits: Trace.Limits = .init()) throws -> Trace {
        Trace(to: try address(asked), limits, identifier: identifier, cookie: 0xfeed)
    }

    func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    /// Who answers a request, and what.
    func answer(_ request: Trace.Request) throws -> (TraceMessage, IPAddress)? {
        guard request.timeToLive <= routers.count else {
            guard let target else { return nil }
            return (try TraceMessage(request.echo.reply()[...], .v4), try address(target))
        }
        guard let router = routers[request.timeToLive - 1] else { return nil }
        return (try TraceMessage(complaint(about: request.echo, to: asked)[...], .v4), try address(router))
    }

    /// Sends what it wants to send, gives it all its answers 5 ms later, and goes on to its next deadline, until it is over.
    func run(_ trace: inout Trace) throws -> (hops: [Trace.Hop], seconds: Double, sent: Int) {
        var now = Instant.start
        var (hops, sent): ([Trace.Hop], Int) = ([], 0)
        while !trace.isOver {
            while let request = trace.next(at: now) {
                sent += 1
                if let (message, source) = try answer(request) { trace.receive(message, from: source, at: now + .milliseconds(5)) }
            }
            let known = hops.count
            while let hop = trace.take(at: now) { hops.append(hop) }
            // A hop that is told makes room for another one's requests.
            if trace.isOver || hops.count > known { continue }
            let next = try #require(trace.deadline)
            try #require(next > now, "it would turn on the spot")
            now = next
        }
        return (hops, now.sinceStart.inSeconds, sent)
    }
}

/// Time exceeded, or unreachable with a code: the header of RFC 792, then the IPv4 header and the request.
private func complaint(about echo: ICMPEcho, to target: String, type: UInt8 = 11, code: UInt8 = 0) -> [UInt8] {
    let bits = IPv4Address(target)?.bits ?? 0
    var message: [UInt8] = [type, code, 0, 0, 0, 0, 0, 0, 0x45, 0, 0, 32, 0, 0, 0x40, 0, 1, 1, 0, 0, 192, 0, 2, 7]
    message += [UInt8(bits >> 24), UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)] + echo.request()
    let checksum = internetChecksum(message)
    message.replaceSubrange(2..<4, with: [UInt8(checksum >> 8), UInt8(checksum & 0xff)])
    return message
}

@Suite("The path to a host")
struct TraceTests {
    @Test("each router is a hop, and the target the last one")
    func reached() throws {
        let path = Path(routers: ["192.0.2.1", "192.0.2.5"], target: "203.0.113.9")
        var trace = try path.trace()
        let result = try path.run(&trace)
        #expect(result.hops.map(\.number) == [1, 2, 3])
        let kinds = result.hops.map { $0.answers.map { $0?.kind } }
        #expect(kinds == [[.expired, .expired, .expired], [.expired, .expired, .expired], [.reached, .reached, .reached]])
        #expect(result.hops[1].answers[0]?.address == IPAddress("192.0.2.5"))
        #expect(result.hops.flatMap(\.answers).allSatisfy { $0?.after == .milliseconds(5) })
        // What was asked ahead of the target answers as well, and there is no more of it than the window has.
        #expect(result.sent <= 3 * (Trace.Limits.window + 2))
    }

    @Test("routers that say nothing are hops without answers, and what is behind them is still found")
    func silent() throws {
        let path = Path(routers: ["192.0.2.1", nil, nil, "192.0.2.9"], target: "203.0.113.9")
        var trace = try path.trace()
        let hops = try path.run(&trace).hops
        #expect(hops.map { $0.answers.compactMap { $0 }.count } == [3, 0, 0, 3, 3])
    }

    @Test("a path on which nobody answers ends after all hops, within seconds")
    func nobody() throws {
        let path = Path(routers: Array(repeating: nil, count: 40))
        var trace = try path.trace()
        let result = try path.run(&trace)
        #expect(result.hops.count == 30 && result.sent == 90)
        #expect(result.hops.allSatisfy { $0.answers == [nil, nil, nil] })
        #expect(result.seconds < 7)
    }

    @Test("fewer hops and questions are kept to", arguments: [(1, 1), (4, 2), (255, 10)])
    func limits(hops: Int, queries: Int) throws {
        let path = Path(routers: Array(repeating: "192.0.2.1", count: 255))
        var trace = try path.trace(Trace.Limits(hops: hops, queries: queries))
        let result = try path.run(&trace)
        #expect(result.hops.count == hops && result.sent == hops * queries)
        #expect(result.hops.allSatisfy { $0.answers.count == queries && !$0.answers.contains(nil) })
    }

    @Test("unreachable ends it, with the reason")
    func unreachable() throws {
        let path = Path(routers: [])
        var trace = try path.trace(Trace.Limits(queries: 1))
        let askedRequest = trace.next(at: .start)
        let request = try #require(askedRequest)
        let message = try TraceMessage(complaint(about: request.echo, to: path.asked, type: 3, code: 13)[...], .v4)
        trace.receive(message, from: try path.address("192.0.2.1"), at: .start)
        let taken = trace.take(at: .start)
        let hop = try #require(taken)
        #expect(hop.answers.first??.kind == .unreachable(code: 13))
        let further = trace.next(at: .start + .seconds(1))
        #expect(trace.isOver && further == nil)
    }

    @Test("what isn't about a request of ours changes nothing")
    func others() throws {
        let path = Path(routers: [])
        var trace = try path.trace(Trace.Limits(hops: 1, queries: 1, timeout: .seconds(1)))
        let askedEcho = trace.next(at: .start)
        let echo = try #require(askedEcho).echo
        let router = try path.address("192.0.2.1")
        let target = try path.address(path.asked)
        var (guessed, other, later) = (echo, echo, echo)
        guessed.cookie ^= 1
        other.identifier ^= 1
        later.sequence += 1
        for echo in [guessed, other, later] {
            trace.receive(try TraceMessage(complaint(about: echo, to: path.asked)[...], .v4), from: router, at: .start)
            trace.receive(try TraceMessage(echo.reply()[...], .v4), from: target, at: .start)
        }
        trace.receive(try TraceMessage(complaint(about: echo, to: "203.0.113.8")[...], .v4), from: router, at: .start)
        // Only the target may answer for itself.
        trace.receive(try TraceMessage(echo.reply()[...], .v4), from: router, at: .start)
        let (early, late) = (trace.take(at: .start), trace.take(at: .start + .seconds(1)))
        #expect(early == nil)
        #expect(late?.answers == [nil])
    }

    @Test("a second answer to the same request doesn't count, nor one that comes when the hop was told")
    func twice() throws {
        let path = Path(routers: [])
        var trace = try path.trace(Trace.Limits(hops: 2, queries: 1, timeout: .seconds(1)))
        let askedFirst = trace.next(at: .start)
        let first = try #require(askedFirst).echo
        let message = try TraceMessage(complaint(about: first, to: path.asked)[...], .v4)
        trace.receive(message, from: try path.address("192.0.2.1"), at: .start + .milliseconds(1))
        trace.receive(message, from: try path.address("192.0.2.2"), at: .start + .milliseconds(2))
        let hop = trace.take(at: .start)
        #expect(hop?.answers.first??.address == IPAddress("192.0.2.1"))
        trace.receive(try TraceMessage(first.reply()[...], .v4), from: try path.address(path.asked), at: .start)
        #expect(!trace.isOver)
    }

    @Test("a request that couldn't be sent is asked again")
    func takenBack() throws {
        let path = Path(routers: [])
        var trace = try path.trace(Trace.Limits(hops: 1, queries: 1))
        let askedFirst = trace.next(at: .start)
        let first = try #require(askedFirst)
        trace.takeBack()
        let tooSoon = trace.next(at: .start)
        let again = trace.next(at: try #require(trace.deadline))
        #expect(tooSoon == nil)
        #expect(again == first)
    }
}

@Suite("Messages of routers on the way")
struct TraceMessageTests {
    private let echo = ICMPEcho(identifier: 1, sequence: 2, cookie: 3)

    @Test("time exceeded of IPv4 quotes the request; a wrong checksum is refused")
    func expired() throws {
        let message = complaint(about: echo, to: "203.0.113.9")
        guard case .expired(let quote) = try TraceMessage(message[...], .v4) else { throw PacketError.notEchoReply }
        #expect(quote.quotes(echo) && quote.target == IPAddress("203.0.113.9"))
        var wrong = message
        wrong[20] ^= 1
        #expect(throws: PacketError.wrongChecksum) { try TraceMessage(wrong[...], .v4) }
        #expect(throws: PacketError.notEchoReply) { try TraceMessage(complaint(about: echo, to: "203.0.113.9", code: 1)[...], .v4) }
    }

    @Test("time exceeded of IPv6 quotes the request")
    func expired6() throws {
        let target = try #require(IPAddress("2001:db8:203::1"))
        guard case .v6(let address) = target else { throw PacketError.notIPv4 }
        var message: [UInt8] = [3, 0, 0x12, 0x34, 0, 0, 0, 0, 0x60, 0, 0, 0, 0, 12, 58, 1]
        message += [UInt8](repeating: 7, count: 16) + address.bytes + echo.request(.v6)
        // The kernel has put the checksum in, and it quotes it.
        message.replaceSubrange(50..<52, with: [0xab, 0xcd])
        guard case .expired(let quote) = try TraceMessage(message[...], .v6) else { throw PacketError.notEchoReply }
        #expect(quote.quotes(echo) && quote.target == target)
    }

    @Test("no bytes whatever make it fail otherwise than by an error")
    func garbage() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var message = (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
            if !message.isEmpty { message[0] = [0, 3, 11, 1, 129].randomElement(using: &random) ?? 0 }
            _ = try? TraceMessage(message[...], .v6)
            _ = try? TraceMessage(message[...], .v4)
        }
    }
}
