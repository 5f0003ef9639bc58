import CLinux
import Floor
import Glibc
import Model

/// One question to one name server, by one interface. The kernel picks a random source port, and the socket hears of nobody else than
/// the server: to be believed, a forger has to guess port and id.
final class DNSExchange {
    let connection: Connection
    private let id: UInt16
    private let name: DNSName
    private let type: DNSQuestion.RecordType

    var descriptor: Descriptor { connection.descriptor }

    init(
        _ name: DNSName, _ type: DNSQuestion.RecordType, server: IPAddress, by interfaceIndex: UInt32, _ loop: ProbeLoop
    ) throws(CallError) {
        id = .random(in: 0 ... .max)
        self.name = name
        self.type = type
        guard let query = DNSMessage.query(id: id, name, type) else { throw CallError("\(name) is no domain name") }
        connection = try Connection(SOCK_DGRAM, to: server, port: 53, by: interfaceIndex, loop.routes)
        guard retried({ send(descriptor.number, query, query.count, 0) }) == query.count else { throw .lastSending(to: server) }
    }

    enum Answer {
        case found([DNSRecord.Data], keepFor: UInt32)
        case wrong(WrongAnswer)
        case failed(CallError)
    }

    /// To be called when there is something to read. nil: it was no answer.
    func answer(_ loop: ProbeLoop) -> Answer? {
        // The largest datagram that a server may send to who doesn't ask for more is 512 bytes; some send more.
        var buffer = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<16 {
            let count = buffer.withUnsafeMutableBytes { bytes in retried { recv(descriptor.number, bytes.baseAddress, bytes.count, 0) } }
            guard count >= 0 else {
                let code = errno
                if code == EAGAIN || code == EWOULDBLOCK { return nil }
                switch connection.outcome(of: code) {
                case .success(let answer): return .wrong(answer)
                case .failure(let error): return .failed(error)
                case nil: continue
                }
            }
            guard let message = try? DNSMessage(buffer[..<count]) else {
                loop.ignore(.malformed)
                continue
            }
            switch message.judged(id: id, name, type) {
            case .found(let answers, let keepFor): return .found(answers, keepFor: keepFor)
            case .wrong(let detail): return .wrong(WrongAnswer(.dns, detail))
            case .notOurs: loop.ignore(.unknownSequence)
            }
        }
        return nil
    }
}
