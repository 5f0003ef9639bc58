import Floor
import Model

/// A DNS query, and whether the answer is what is expected.
final class DNSProbe: ProbeJob {
    private let question: DNSQuestion
    private let exchange: DNSExchange

    init(_ request: ProbeRequest, _ loop: ProbeLoop, _ question: DNSQuestion, server: IPAddress) throws(CallError) {
        let asked = Instant.now()
        self.question = question
        exchange = try DNSExchange(DNSName(question.name), question.type, server: server, by: request.interfaceIndex, loop)
        super.init(request, loop, asked: asked)
        try watch(exchange.descriptor)
    }

    override func ready() {
        switch exchange.answer(loop) {
        case .found(let answers, _):
            if let complaint = question.complaint(about: answers) {
                finish(.wrong(WrongAnswer(.dns, complaint)))
            } else {
                finishAnswered()
            }
        case .wrong(let answer): finish(.wrong(answer))
        case .failed(let error): finish(error)
        case nil: break
        }
    }
}
