import CLinux
import Floor
import Glibc
import Model

/// A GET over plain HTTP: is the answer the one that the host gives, or somebody else's?
final class HTTPProbe: ProbeJob {
    private enum Stage {
        /// - Parameter old: what the resolver said last time, if that was too long ago.
        case resolving(DNSExchange, old: IPAddress?)
        case connecting(Connection)
        case reading(Connection)
    }

    /// Whatever the WAN's name servers have said, shared by all these probes.
    final class Names { var cache = NameCache() }

    /// An address that no host has (RFC 7600), so that only a default route leads there.
    private static let anywhere4 = IPAddress.v4(IPv4Address(bits: 0xc000_0008))

    private let question: HTTPQuestion
    private let names: Names
    private let key: NameCache.Key
    private var stage: Stage?
    private var answer = HTTPReader(keepsPage: true)
    private var received = 0
    private var judged = 0
    /// A proof that a WAN is ready: of a page that is long enough, more has to come than one packet of full size holds. Such packets may be lost where
    /// short ones pass.
    private let isProof: Bool
    private static let provenLength = 3000

    /// A longer answer is looked at whenever so much has been added, and not for each byte: a server that sends them singly must not keep
    /// us busy.
    private static let step = 4096

    init(_ request: ProbeRequest, _ loop: ProbeLoop, _ question: HTTPQuestion, _ names: Names) throws(CallError) {
        self.question = question
        self.names = names
        isProof = if case .proof = request.id.owner { true } else { false }
        key = NameCache.Key(
            wan: request.wan, host: question.host, resolver: question.resolver, family: Self.family(by: request.interfaceIndex, loop.routes)
        )
        super.init(request, loop, asked: .now())
        do throws(CallError) {
            if let address = IPAddress(question.host) {
                try connect(to: address)
            } else {
                try resolve()
            }
        } catch {
            stopWatching()
            throw error
        }
    }

    /// IPv6 where the WAN has nothing else.
    private static func family(by interfaceIndex: UInt32, _ routes: Routes) -> IPFamily {
        do {
            try routes.check(anywhere4, by: interfaceIndex)
            return .v4
        } catch {
            return .v6
        }
    }

    private func resolve() throws(CallError) {
        let known = names.cache.address(for: key, at: asked)
        if let known, known.isFresh { return try connect(to: known.address) }
        let type = key.family == .v4 ? DNSQuestion.RecordType.a : .aaaa
        let exchange = try DNSExchange(DNSName(question.host), type, server: question.resolver, by: request.interfaceIndex, loop)
        stage = .resolving(exchange, old: known?.address)
        try watch(exchange.descriptor)
        // Time has to be left for the page.
        if known != nil { wait(until: asked + request.timeout / 3) }
    }

    private func connect(to address: IPAddress) throws(CallError) {
        stopWatching()
        let connection = try Connection(SOCK_STREAM, to: address, port: question.port, by: request.interfaceIndex, loop.routes)
        stage = .connecting(connection)
        try watch(connection.descriptor, for: .write)
    }

    /// The next step; that it can't be made is the end.
    private func go(_ step: () throws(CallError) -> Void) {
        do throws(CallError) { try step() } catch { finish(error) }
    }

    override func ready() {
        switch stage {
        case .resolving(let exchange, _): takeAddress(exchange)
        case .connecting(let connection):
            let code = connection.descriptor.takeError()
            guard code == 0 else { return finish(connection.outcome(of: code)) }
            go { () throws(CallError) in try ask(connection) }
        case .reading(let connection): read(connection)
        case nil: break
        }
    }

    override func expired() {
        if case .resolving(_, let old?) = stage, Instant.now() < end {
            wait(until: end)
            return go { () throws(CallError) in try connect(to: old) }
        }
        if judged < received { judge() }
        guard isProof, case .reading = stage, !isFinished, received == 0 || question.judge(answer) == .right else { return super.expired() }
        let what = received == 0 ? "took the connection, and sent nothing" : "sent \(received) bytes of a longer page, and no more"
        finish(.wrong(WrongAnswer(.http, "\(what): packets of full size may be lost on the way")))
    }

    private func takeAddress(_ exchange: DNSExchange) {
        switch exchange.answer(loop) {
        case .found(let answers, let keepFor):
            guard case .address(let address) = answers.first else {
                return finish(.wrong(WrongAnswer(.dns, "no address for \(question.host)")))
            }
            names.cache.keep(address, for: key, seconds: keepFor, at: .now())
            wait(until: end)
            go { () throws(CallError) in try connect(to: address) }
        case .wrong(let answer): finish(.wrong(answer))
        case .failed(let error): finish(error)
        case nil: break
        }
    }

    private func ask(_ connection: Connection) throws(CallError) {
        let message = question.message
        // A request is far shorter than an empty send buffer, so it goes out whole or not at all.
        let count = retried { send(connection.descriptor.number, message, message.count, Int32(MSG_NOSIGNAL)) }
        guard count == message.count else { throw .lastSending(to: connection.address) }
        stage = .reading(connection)
        // What became of a proof has to be told before nobody waits for it any more.
        if isProof { wait(until: asked + request.timeout * 9 / 10) }
        try changeWatch(to: .read)
    }

    private func read(_ connection: Connection) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let room = HTTPReader.limit - received
        let count = buffer.withUnsafeMutableBytes { bytes in
            retried { recv(connection.descriptor.number, bytes.baseAddress, Swift.min(bytes.count, room), 0) }
        }
        guard count >= 0 else {
            let code = errno
            if code == EAGAIN || code == EWOULDBLOCK { return }
            // Whoever resets an open connection is no mere closed port.
            if code == ECONNRESET { return finish(.wrong(WrongAnswer(.http, "the connection was reset"))) }
            return finish(connection.outcome(of: code))
        }
        received += count
        let isEnd = count == 0 || received >= HTTPReader.limit
        do throws(HTTPError) {
            try answer.take(buffer[..<count])
            if isEnd { try answer.finish() }
        } catch {
            return finish(.wrong(WrongAnswer(.http, error.description)))
        }
        if isEnd || received < Self.step || received - judged >= Self.step { judge() }
    }

    private func judge() {
        judged = received
        switch question.judge(answer) {
        case .right: if !isProof || answer.isComplete || answer.isAtEnd || received >= Self.provenLength { finishAnswered() }
        case .wrong(let answer): finish(.wrong(answer))
        case .undecided: break
        }
    }
}
