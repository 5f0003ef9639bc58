import Control
import ControlFixtures
import ControlProtocol
import Testing
import Varlink

@Suite struct LimitTests {
    @Test(
        "what isn't a call ends the connection, and is counted",
        arguments: [
            [0], Array("{}\0".utf8), Array("[]\0".utf8), Array("null\0".utf8), Array("GET / HTTP/1.1\r\n\r\n\0".utf8),
            Array(#"{"method":1}"#.utf8) + [0], [0x7b, 0xff, 0xfe, 0x7d, 0], Array(#"{"method":"net.uplinkd.Status""#.utf8),
            [UInt8](repeating: UInt8(ascii: "["), count: 60_000) + [0], [UInt8](repeating: UInt8(ascii: " "), count: 66_000),
        ])
    func malformed(bytes: [UInt8]) async throws {
        try await withServer { server, _, path in
            try await blocking {
                let client = try RawClient(path)
                try client.sendBytes(bytes)
                client.endSending()
                #expect(try client.receive() == nil)
                #expect(try ControlClient(path: path).status() == .sample)
            }
            #expect(await server.counters.malformed == 1)
        }
    }

    @Test("a flood of damaged calls leaves a server that answers")
    func flood() async throws {
        try await withServer { server, _, path in
            try await blocking {
                var random = Random(state: 7)
                let seed = Array(#"{"method":"net.uplinkd.Events","parameters":{"last":2},"more":true}"#.utf8) + [0]
                for _ in 0..<300 {
                    let client = try RawClient(path)
                    // The server may end the connection in the middle of it.
                    do { try client.sendBytes(random.mutated(seed)) } catch is RawClientError {}
                    client.endSending()
                    while try client.receive() != nil {}
                }
                #expect(try ControlClient(path: path).status() == .sample)
            }
            let counters = await server.counters
            #expect(counters.clients == 301)
            #expect(counters.malformed > 50 && counters.malformed < 300)
        }
    }

    @Test("one client too many is told so; a place that comes free is given again")
    func clients() async throws {
        var limits = VarlinkLimits()
        limits.clients = 3
        try await withServer(limits: limits) { server, _, path in
            try await blocking {
                var held = try (0..<3).map { _ in try ControlClient(path: path) }
                for client in held { #expect(try client.status() == .sample) }
                #expect(throws: ControlClientError.refused(.tooManyClients(limit: 3))) { try ControlClient(path: path).status() }
                held.removeLast()
            }
            try await eventually("the place is free") { await server.clientCount < 3 }
            let answer = try await status(at: path)
            #expect(answer == .sample)
            #expect(await server.counters.clientsRefused == 1)
        }
    }

    @Test("a client that calls nothing is dropped, one that streams isn't")
    func idle() async throws {
        var limits = VarlinkLimits()
        limits.idleTime = .milliseconds(50)
        try await withServer(limits: limits) { server, _, path in
            let follower = try await blocking { () -> Int? in
                var replies = try ControlClient(path: path).follow(last: 0)
                #expect(try replies.next(until: soon())?.events == [])
                let silent = try RawClient(path)
                let started = try RawClient(path)
                // Half a call is no call.
                try started.sendBytes(Array(#"{"method":"#.utf8))
                #expect(try silent.receive() == nil)
                #expect(try started.receive() == nil)
                server.publish(.sample(9))
                return try replies.next(until: soon())?.events.first?.id
            }
            #expect(follower == 9)
            #expect(await server.counters.idle == 2)
        }
    }

    @Test("a follower that doesn't read is dropped, and the others get everything")
    func slowReader() async throws {
        var limits = VarlinkLimits()
        limits.outgoingBytes = 64 * 1024
        try await withServer(limits: limits) { server, _, path in
            let text = String(repeating: "x", count: 4000)
            try await blocking {
                let slow = try RawClient(path)
                try slow.send(#"{"method":"net.uplinkd.Events","parameters":{"last":0,"follow":true},"more":true}"#)
                _ = try slow.receive()
                var quick = try ControlClient(path: path).follow(last: 0)
                #expect(try quick.next(until: soon())?.events == [])
                for id in 1...400 {
                    server.publish(.sample(id, message: text))
                    #expect(try quick.next(until: soon())?.events.map(\.id) == [id])
                }
                // What the kernel had taken is there, then the end.
                while try slow.receive() != nil {}
            }
            #expect(await server.counters.slow == 1)
        }
    }

    @Test("one reply may be longer than what may wait")
    func longReply() async throws {
        var limits = VarlinkLimits()
        limits.outgoingBytes = 100
        try await withServer(limits: limits) { server, _, path in
            let answer = try await status(at: path)
            #expect(answer == .sample)
            #expect(await server.counters.slow == 0)
        }
    }

    @Test("who sends calls and reads no replies is dropped before the daemon fills up")
    func greedy() async throws {
        try await withServer { server, _, path in
            try await blocking {
                let client = try RawClient(path)
                let calls = Array(String(repeating: #"{"method":"org.varlink.service.Nothing"}"# + "\0", count: 500).utf8)
                #expect(throws: RawClientError.self) { for _ in 0..<2000 { try client.sendBytes(calls) } }
            }
            let answer = try await status(at: path)
            #expect(answer == .sample)
        }
    }

    @Test("who streams and keeps sending is dropped before the daemon fills up")
    func talkingFollower() async throws {
        try await withServer { server, _, path in
            try await blocking {
                let client = try RawClient(path)
                try client.send(#"{"method":"net.uplinkd.Watch","more":true}"#)
                #expect(try client.receive() != nil)
                #expect(throws: RawClientError.self) {
                    for _ in 0..<2000 {
                        try client.sendBytes(Array(#"{"method":"net.uplinkd.Status"}"#.utf8) + [UInt8](repeating: 0, count: 10_000))
                    }
                }
            }
            #expect(await server.counters.malformed == 1)
            #expect(await server.counters.requests == 1)
        }
    }
}
