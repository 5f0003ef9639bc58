import Health
import Model
import Testing

@Suite("What impairs a WAN that answers")
struct ImpairmentTests {
    private static let lossy = Thresholds(loss: .init(leave: 0.2, back: 0.1))

    @Test("thirty percent of loss is nothing by default: the WAN stays usable")
    func byDefault() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.loss = 0.3
        bench.run(for: .seconds(900))
        #expect(bench.changes(from: .suspect, to: .down) == 0)
        #expect(bench.health.state.isUsable)
        #expect(abs(try #require(bench.health.quality.loss) - 0.3) < 0.15)
    }

    @Test("a threshold on the loss impairs it, and it is good again only below the other one, for the hold")
    func loss() throws {
        let bench = try Bench(thresholds: Self.lossy)
        bench.run(for: .seconds(60))
        bench.loss = 0.4
        _ = try #require(bench.run(until: .impaired))
        #expect(bench.health.fault == .lossy)
        // Between the two: neither bad enough to leave nor good enough to come back.
        bench.loss = 0.15
        bench.run(for: .seconds(300))
        #expect(bench.health.impairments.map(\.fault) == [.lossy])
        bench.loss = 0
        let back = try #require(bench.run(until: .up))
        // The window has to empty, then the hold.
        #expect(back > .seconds(10) && back < .seconds(60))
        #expect(bench.health.fault == nil)
    }

    @Test("loss between the thresholds impairs nothing that was good")
    func between() throws {
        let bench = try Bench(thresholds: Self.lossy)
        bench.run(for: .seconds(60))
        bench.loss = 0.1
        bench.run(for: .seconds(120))
        #expect(bench.health.impairments == [])
    }

    @Test("a few probes are no measurement")
    func fewSamples() throws {
        let bench = try Bench(thresholds: Self.lossy)
        bench.run(for: .seconds(2))
        bench.loss = 1
        bench.run(for: .milliseconds(500))
        bench.loss = 0
        bench.run(for: .seconds(2))
        #expect(bench.health.impairments == [])
    }

    @Test(
        "a threshold on the round trip makes it slow",
        arguments: [
            Thresholds(mean: .init(leave: .milliseconds(150), back: .milliseconds(80))),
            Thresholds(percentile99: .init(leave: .milliseconds(150), back: .milliseconds(80))),
        ])
    func slow(thresholds: Thresholds) throws {
        let bench = try Bench(thresholds: thresholds)
        bench.run(for: .seconds(60))
        #expect(bench.health.state == .up)
        bench.roundTrip = .milliseconds(200)
        _ = try #require(bench.run(until: .impaired))
        #expect(bench.health.fault == .slow)
        bench.roundTrip = .milliseconds(20)
        _ = try #require(bench.run(until: .up))
    }

    @Test("a round trip that varies is slow by its deviation")
    func deviation() throws {
        let bench = try Bench(thresholds: Thresholds(deviation: .init(leave: .milliseconds(50), back: .milliseconds(20))))
        bench.run(for: .seconds(60))
        for turn in 0..<200 {
            bench.roundTrip = .milliseconds(turn % 2 == 0 ? 20 : 220)
            bench.run(for: .milliseconds(335))
        }
        #expect(bench.health.impairments.map(\.fault) == [.slow])
    }

    @Test("how bad it is, is a multiple of its threshold")
    func badness() throws {
        let bench = try Bench(thresholds: Self.lossy)
        bench.run(for: .seconds(60))
        #expect(bench.health.badness == 0)
        bench.loss = 0.6
        bench.run(for: .seconds(60))
        #expect(bench.health.badness > 2 && bench.health.badness < 4.5)
    }

    // MARK: services

    @Test(
        "a service that fails three times is named, with what it said",
        arguments: [
            (Bench.dns, nil, Fault.dnsDead), (Bench.dns, WrongAnswer(.dns, "NXDOMAIN for example.com"), .dnsWrong),
            (Bench.http, WrongAnswer(.portal, "redirects to http://isolir.example/"), .captivePortal),
            (Bench.http, WrongAnswer(.http, "status 503"), .httpDead), (Bench.http, nil, .httpDead),
            (Target(.exec(["/bin/x"])), WrongAnswer(.exec, "exit status 1"), .scriptFailed),
        ] as [(Target, WrongAnswer?, Fault)])
    func service(target: Target, wrong: WrongAnswer?, fault: Fault) throws {
        let bench = try Bench(targets: Bench.targets + [target])
        bench.run(for: .seconds(130))
        #expect(bench.health.state == .up)
        bench.service = { _ in wrong.map { .wrong($0) } }
        _ = try #require(bench.run(until: .impaired))
        #expect(bench.health.fault == fault)
        #expect(bench.health.evidence(for: fault) == wrong?.detail)
        // The pings are answered all the while.
        #expect(bench.health.quality.loss == 0)
        bench.service = { _ in .answered(seconds: 0.02) }
        _ = try #require(bench.run(until: .up))
        #expect(bench.health.fault == nil)
    }

    @Test("one failure is asked after within a second, and forgotten when the answer is right")
    func oneFailure() throws {
        let bench = try Bench(targets: Bench.targets + [Bench.http])
        bench.run(for: .seconds(130))
        var failures = 1
        bench.service = { _ in
            defer { failures -= 1 }
            return failures > 0 ? .wrong(WrongAnswer(.portal, "somebody else's page")) : .answered(seconds: 0.02)
        }
        bench.asked = []
        bench.run(for: .seconds(70))
        let times = bench.asked.filter { $0.question == Bench.http.question }.map(\.at)
        #expect(times.count >= 2 && times[1] - times[0] <= .milliseconds(1100))
        #expect(bench.changes(from: .up, to: .impaired) == 0)
    }

    @Test("one resolver of two that is dead is no dead DNS")
    func otherResolver() throws {
        let other = Target(.dns(DNSQuestion(server: .address(.v4(IPv4Address(bits: 0xcb00_7102))), name: "example.com")))
        let bench = try Bench(targets: Bench.targets + [Bench.dns, other])
        bench.service = { $0 == other.question ? nil : .answered(seconds: 0.02) }
        bench.run(for: .seconds(300))
        #expect(bench.health.state == .up)
        bench.service = { _ in nil }
        #expect(bench.run(until: .impaired) != nil)
    }

    @Test("a service is asked seldom, and not while the WAN is down")
    func rare() throws {
        let bench = try Bench(targets: Bench.targets + [Bench.http])
        bench.run(for: .seconds(600))
        #expect((9...12).contains(bench.asked.count { $0.question == Bench.http.question }))
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        bench.asked = []
        bench.run(for: .seconds(600))
        #expect(!bench.asked.contains { $0.question == Bench.http.question })
    }

    @Test("a portal that is there when the WAN comes back is found before the sessions do")
    func portalAfterOutage() throws {
        let bench = try Bench(targets: Bench.targets + [Bench.http])
        bench.run(for: .seconds(130))
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        bench.service = { _ in .wrong(WrongAnswer(.portal, "pay your bill")) }
        bench.isSilent = false
        _ = try #require(bench.run(until: .recovering))
        bench.run(for: .seconds(11))
        #expect(bench.health.state == .impaired)
        #expect(bench.health.fault == .captivePortal)
    }

    @Test("where a service is all there is to go by, it decides whether the WAN is alive, and its lie is the fault")
    func onlyService() throws {
        let bench = try Bench(targets: [.gateway, Bench.http])
        bench.run(for: .seconds(130))
        #expect(bench.health.state == .up)
        bench.service = { _ in .wrong(WrongAnswer(.portal, "pay your bill")) }
        _ = try #require(bench.run(until: .down))
        #expect(bench.health.fault == .captivePortal)
    }

    @Test("an unreachable target is asked after at once, without waiting for it to be late")
    func unreachable() throws {
        let target = Target(.connect(.v4(IPv4Address(bits: 0xcb00_7101)), port: 443))
        let bench = try Bench(targets: [.gateway, target])
        bench.run(for: .seconds(30))
        bench.service = { _ in .wrong(WrongAnswer(.unreachable, "192.0.2.1 says: host unreachable")) }
        let time = try #require(bench.run(until: .down))
        #expect(time < .milliseconds(1500))
        #expect(bench.health.fault == .upstreamSilent)
    }
}

/// Nothing is configured.
@Suite("A WAN that loses most, by default")
struct CeilingTests {
    @Test("80 % of loss make it lossy, and the figure says so: no target is mute by chance", arguments: [0.65, 0.8])
    func ceiling(loss: Double) throws {
        let bench = try Bench(thresholds: .usual)
        bench.run(for: .seconds(60))
        bench.loss = loss
        let time = try #require(bench.run(until: .impaired))
        #expect(time < .seconds(40))
        #expect(bench.health.fault == .lossy)
        bench.run(for: .seconds(60))
        #expect(abs(try #require(bench.health.quality.loss) - loss) < 0.12)
        bench.loss = 0
        #expect(try #require(bench.run(until: .up)) < .seconds(60))
    }

    @Test("less than half is nobody's fault, and an outage isn't counted when it is over")
    func below() throws {
        let bench = try Bench(thresholds: .usual)
        bench.run(for: .seconds(60))
        bench.loss = 0.35
        bench.run(for: .seconds(300))
        #expect(bench.changes(from: .up, to: .impaired) == 0)
        bench.loss = 0
        bench.run(for: .seconds(60))
        bench.isSilent = true
        bench.run(for: .seconds(120))
        bench.isSilent = false
        _ = try #require(bench.run(until: .recovering))
        #expect(bench.run(until: .up) == .seconds(10))
    }
}
