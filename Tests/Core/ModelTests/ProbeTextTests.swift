import Model
import Testing

@Suite struct ProbeTextTests {
    static let echo = Question.echo(.gateway)
    static let page = Question.http(HTTPQuestion(host: "a", resolver: .v4(IPv4Address(bits: 1))))
    static let name = Question.dns(DNSQuestion(server: .gateway, name: "a"))
    static let port = Question.connect(.v4(IPv4Address(bits: 0x0101_0101)), port: 443)

    static let sentences: [(ProbeOutcome?, Question, String)] = [
        (.answered(seconds: 0.01234), echo, "gateway answered after 12.3 ms."),
        (.answered(seconds: 0.099_95), .neighbour(.v4), "arp gateway answered after 100 ms."),
        (.answered(seconds: 1.2345), port, "tcp 1.1.1.1:443 took the connection after 1235 ms."),
        (.answered(seconds: 0), name, "dns gateway a A was answered as it should be after 0.0 ms."),
        (.answered(seconds: -1), page, "http://a/ came as it should after 0.0 ms."),
        (.answered(seconds: 0.5), .exec(["/bin/true"]), "exec /bin/true ended with 0 after 500 ms."),
        (nil, echo, "gateway didn't answer within 1500ms."), (nil, name, "dns gateway a A wasn't answered within 1500ms."),
        (nil, page, "http://a/ didn't come within 1500ms."), (nil, .exec(["/bin/true"]), "exec /bin/true didn't end within 1500ms."),
        (
            .wrong(WrongAnswer(.portal, "http://b/ is what it redirects to")), page,
            "http://a/ gave a wrong answer: http://b/ is what it redirects to. That is somebody else's page: a login, an unpaid bill or a used-up quota."
        ),
        (
            .wrong(WrongAnswer(.refused, "connection refused")), port,
            "tcp 1.1.1.1:443 gave a wrong answer: connection refused. The way there works, but nothing listens."
        ),
        (.wrong(WrongAnswer(.dns, "NXDOMAIN for a")), name, "dns gateway a A gave a wrong answer: NXDOMAIN for a."),
        (
            .notSent(error: "no route"), echo, "gateway couldn't be asked: no route. That says nothing about the WAN."
        ),
    ]

    @Test("what came of a probe is a sentence", arguments: sentences)
    func sentence(outcome: ProbeOutcome?, question: Question, sentence: String) {
        #expect(ProbeOutcome.sentence(outcome, to: question, within: .milliseconds(1500)).text == sentence)
    }
}
