import Control
import ControlFixtures
import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials
import Synchronization
import Testing
import Varlink

/// An interface that isn't uplinkd's, of a program whose own queue may be held up.
private actor Other {
    struct Parameters: CallParameters {
        var count: Int
        static let known = ["count"]
    }

    struct Answer: Codable, Equatable, Sendable { var number: Double }

    static let slow = VarlinkMethod<NoParameters, Answer>("org.example.Slow")
    static let half = VarlinkMethod<Parameters, Answer>("org.example.Half")
    static let count = VarlinkMethod<Parameters, Answer>("org.example.Count")
    static let endless = VarlinkMethod<Parameters, Answer>("org.example.Endless")

    let queue = DispatchQueue(label: "other")
    private let executor: QueueExecutor
    private let before = Mutex<ReplyStream<Answer>?>(nil)

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init() { executor = QueueExecutor(queue: queue) }

    private func slow() -> Answer { Answer(number: 1) }

    nonisolated var service: VarlinkService {
        VarlinkService(
            vendor: "example", product: "other", version: "7",
            interfaces: [VarlinkInterface("org.example", description: "interface org.example")],
            methods: [
                ServedMethod(Self.slow, for: .reading) { _ in await self.slow() },
                ServedMethod(Self.half, for: .changing) { wanted in
                    guard wanted.count >= 0 else { throw TestFailure() }
                    return Answer(number: wanted.count == 0 ? .nan : Double(wanted.count) / 2)
                },
                ServedMethod(
                    Self.count, for: .reading,
                    replies: { wanted, caller in
                        // The call before is over: nobody hears of it any more.
                        self.before.withLock { before in
                            before?.send(Answer(number: -1))
                            before = caller
                        }
                        for number in 0..<wanted.count { caller.send(Answer(number: Double(number))) }
                        return Answer(number: Double(wanted.count))
                    }),
                ServedMethod(
                    Self.endless, for: .reading,
                    replies: { wanted, caller in
                        try caller.require()
                        for number in 0..<wanted.count { caller.send(Answer(number: Double(number))) }
                        caller.send(Answer(number: wanted.count == 0 ? .infinity : 7))
                        return nil
                    }),
            ],
            failed: { ControlError.failed(message: $0) }, full: { ControlError.tooManyClients(limit: $0) })
    }

    struct TestFailure: Error, CustomStringConvertible { let description = "It can't be halved." }
}

/// The transport with another interface than uplinkd's.
@Suite struct VarlinkServiceTests {
    private func served(_ body: (Other, String) async throws -> Void) async throws {
        try await withFolder { folder in
            let other = Other()
            let server = try VarlinkServer(path: "\(folder)/control", group: nil, service: other.service)
            await server.start()
            do {
                try await body(other, server.path)
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    @Test("while a program is busy with something else, calls are read, refused and answered all the same")
    func busy() async throws {
        try await served { other, path in
            other.queue.suspend()
            let waiting = Task { try await blocking { try ControlClient(path: path).call(Other.slow) } }
            do {
                defer { other.queue.resume() }
                try await blocking {
                    let client = try ControlClient(path: path)
                    #expect(try client.call(ServiceMethod.getInfo).product == "other")
                    #expect(try client.call(Other.half, .init(count: 3)).number == 1.5)
                    let raw = try RawClient(path)
                    try raw.send(#"{"method":"org.example.Slow","parameters":{"x":1}}"#)
                    #expect(try raw.receive(Anything.self).failure == .service(.invalidParameter(parameter: "x")))
                    try raw.send("{")
                    #expect(try raw.receive() == nil)
                }
            }
            #expect(try await waiting.value == .init(number: 1))
        }
    }

    @Test("whatever a handler throws is told, and so is an answer that can't be written; the connection serves on")
    func failures() async throws {
        try await served { _, path in
            try await blocking {
                let client = try ControlClient(path: path)
                #expect(throws: ControlClientError.refused(.failed(message: "It can't be halved."))) {
                    try client.call(Other.half, .init(count: -1))
                }
                let raw = try RawClient(path)
                try raw.send(#"{"method":"org.example.Half","parameters":{"count":0}}"#)
                let message = try #require(try raw.receive())
                #expect(message.contains("net.uplinkd.Failed") && message.contains("The answer could not be written: "))
                #expect(throws: ControlClientError.refused(.service(.methodNotFound(method: "org.example.None")))) {
                    try client.call(VarlinkMethod<NoParameters, Other.Answer>("org.example.None"))
                }
                #expect(try client.call(Other.half, .init(count: 4)).number == 2)
            }
        }
    }

    @Test("replies that go on come in their order and end with the last one; then the next call has its turn")
    func stream() async throws {
        try await served { _, path in
            try await blocking {
                let client = try ControlClient(path: path)
                for _ in 0..<100 {
                    var replies = try client.stream(Other.count, .init(count: 20))
                    var numbers: [Double] = []
                    while let reply = try replies.next(until: soon()) { numbers.append(reply.number) }
                    #expect(numbers == (0...20).map(Double.init))
                }
                // Who wants one reply gets the last.
                #expect(try client.call(Other.count, .init(count: 20)).number == 20)
            }
        }
    }

    @Test("a stream that ends without a last reply ends the connection, one that can't be written is an error")
    func ends() async throws {
        try await served { _, path in
            try await blocking {
                let client = try ControlClient(path: path)
                #expect(throws: ControlClientError.refused(.service(.expectedMore))) {
                    try client.call(Other.endless, .init(count: 1))
                }
                var broken = try client.stream(Other.endless, .init(count: 0))
                #expect(throws: ControlClientError.self) { try broken.next(until: soon()) }
                #expect(try client.call(Other.half, .init(count: 4)).number == 2)
                var replies = try client.stream(Other.endless, .init(count: 1))
                #expect(try replies.next(until: soon())?.number == 0)
                #expect(try replies.next(until: soon())?.number == 7)
                #expect(throws: ControlClientError.connectionLost(path: path)) { try replies.next(until: soon()) }
            }
        }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
