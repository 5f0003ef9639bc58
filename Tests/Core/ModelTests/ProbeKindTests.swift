import Model
import Testing

@Suite("The table of kinds")
struct ProbeKindTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var kind: Question.Kind
        var question: Question
        var isLocal = false
        var faults: [Fault] = []
        var interval: Duration = .seconds(1)
        var timeout: Duration = .seconds(1)
        var shortest: Duration = .milliseconds(100)
        var isAskedInEveryRound = false
        var isOnlyAsConfigured = false
        var grace: Duration = .zero

        var testDescription: String { kind.rawValue }
    }

    static let address = IPAddress.v4(IPv4Address(bits: 0x0909_0909))
    static let rows: [Row] = [
        Row(kind: .icmp, question: .echo(.gateway), isLocal: true), Row(kind: .icmp, question: .echo(.address(address))),
        Row(kind: .arp, question: .neighbour(.v4), isLocal: true), Row(kind: .nd, question: .neighbour(.v6), isLocal: true),
        Row(kind: .tcp, question: .connect(address, port: 443)),
        Row(
            kind: .dns, question: .dns(DNSQuestion(server: .gateway, name: "a")), faults: [.dnsDead, .dnsWrong], interval: .seconds(10),
            timeout: .seconds(3), shortest: .seconds(1), isAskedInEveryRound: true),
        Row(
            kind: .http, question: .http(HTTPQuestion(host: "a", resolver: address)), faults: [.httpDead, .captivePortal],
            interval: .seconds(60), timeout: .seconds(5), shortest: .seconds(10)),
        Row(
            kind: .exec, question: .exec(["/bin/true"]), faults: [.scriptFailed], interval: .seconds(30), timeout: .seconds(10),
            shortest: .seconds(5), isOnlyAsConfigured: true, grace: .seconds(2)),
    ]

    @Test("what a kind costs, how often and how long it is asked, and what may be wrong with it", arguments: rows)
    func row(row: Row) {
        let (question, settings) = (row.question, ProbeSettings())
        #expect(question.kind == row.kind)
        #expect(question.isLocal == row.isLocal)
        #expect(question.isService == !row.faults.isEmpty)
        #expect(question.entry.service?.faults ?? [] == row.faults)
        #expect(settings.interval(of: Target(question)) == row.interval)
        #expect(settings.timeout(of: Target(question)) == row.timeout)
        #expect(question.entry.shortestInterval == row.shortest)
        #expect(question.entry.isAskedInEveryRound == row.isAskedInEveryRound)
        #expect(question.entry.isOnlyAsConfigured == row.isOnlyAsConfigured)
        #expect(question.entry.grace == row.grace)
    }

    @Test("every kind is in the table of this test")
    func all() { #expect(Set(Self.rows.map(\.kind)) == Set(Question.Kind.allCases)) }

    @Test("a service is known by how its text begins, and nothing else begins so", arguments: rows)
    func prefix(row: Row) {
        let kinds = Question.Kind.allCases.filter { $0.entry.service.map { row.question.description.hasPrefix($0.prefix) } ?? false }
        #expect(kinds == (row.faults.isEmpty ? [] : [row.kind]))
    }

    @Test(
        "the gateway in words becomes its address, where there is one",
        arguments: [
            (Question.echo(.gateway), Question.echo(.address(address))), (.echo(.address(address)), .echo(.address(address))),
            (.neighbour(.v4), .neighbour(.v4)),
            (.dns(DNSQuestion(server: .gateway, name: "a")), .dns(DNSQuestion(server: .address(address), name: "a"))),
            (.exec(["/bin/true"]), .exec(["/bin/true"])),
        ])
    func gateway(question: Question, resolved: Question) {
        #expect(question.resolved(gateway: Self.address) == resolved)
        #expect((question.resolved(gateway: nil) == nil) == (question != resolved || question == .neighbour(.v4)))
    }

    @Test("the faults of services are those that some kind has, and a portal says nothing of what lies beyond it")
    func faults() {
        let faults: [Fault] = [.tcpDead, .dnsDead, .dnsWrong, .captivePortal, .httpDead, .scriptFailed]
        for fault in faults { #expect(fault.isOfService) }
        for fault in [Fault.lossy, .slow, .modemGone, .noCarrier, .noLease, .gatewaySilent, .upstreamSilent, .silent] {
            #expect(!fault.isOfService)
        }
        #expect(WrongAnswer.Kind.allCases.map(\.fault) == [.silent, .silent, .dnsWrong, .captivePortal, .httpDead, .scriptFailed])
        #expect(WrongAnswer.Kind.allCases.filter(\.isFromBeyond) == [.refused, .dns, .http])
    }

    @Test("the numbers of wrong answers are those that the history has")
    func codes() {
        let kinds: [WrongAnswer.Kind] = [.unreachable, .refused, .dns, .portal, .http, .exec]
        #expect(kinds.map { SampleResult.wrong($0).code } == [-2, -3, -4, -5, -6, -7])
        #expect(kinds.allSatisfy { SampleResult(code: SampleResult.wrong($0).code) == .wrong($0) })
        #expect(SampleResult(code: -8) == nil)
    }
}
