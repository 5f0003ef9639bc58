import Control
import ControlFixtures
import ControlProtocol
import Model
import Testing
import Varlink

@Suite struct ServerTests {
    static let question = ProbeParameters {
        $0.wan = "telkom"
        $0.target = "1.1.1.1"
        $0.kind = "dns"
        $0.port = 53
        $0.name = "a"
        $0.type = "A"
        $0.expect = ["192.0.2.1"]
        $0.status = 204
        $0.body = "b"
        $0.resolver = "9.9.9.9"
        $0.timeoutSeconds = 1.5
    }

    @Test("every method of the client is answered by the handler")
    func methods() async throws {
        try await withServer { server, handler, path in
            try await blocking {
                let client = try ControlClient(path: path)
                #expect(try client.status() == .sample)
                #expect(try client.events(last: nil).map(\.id) == [1, 2, 3])
                #expect(try client.events(last: 2).map(\.id) == [2, 3])
                #expect(try client.explanation().lines.map(\.wan) == ["telkom"])
                #expect(try client.quality(of: nil) == [.sample("telkom"), .sample("smartfren")])
                #expect(try client.quality(of: "smartfren") == [.sample("smartfren")])
                #expect(try client.probe(Self.question) == [.answer])
                #expect(try client.switchTo(wan: "smartfren", force: true).pinned)
                #expect(try client.switchTo(wan: nil, force: false).wan == "telkom")
                #expect(try client.reload() == ["smartfren is metered now."])
            }
            #expect(await handler.switches == ["smartfren", nil])
            #expect(await handler.reloads == 1)
            #expect(await handler.probes == [Self.question])
            #expect(await server.counters.requests == 10)
        }
    }

    @Test("the handler's errors reach the client as they are")
    func errors() async throws {
        try await withServer { server, handler, path in
            await handler.refuseConfiguration(["uplinkd.yaml:1:1: error: a", "uplinkd.yaml:2:1: error: b"])
            try await blocking {
                let client = try ControlClient(path: path)
                #expect(throws: ControlClientError.refused(.unknownWAN(wan: "x", known: ["telkom", "smartfren"]))) {
                    try client.switchTo(wan: "x", force: false)
                }
                let reason: Sentence = "No target has answered for 3 s."
                #expect(throws: ControlClientError.refused(.wanNotUsable(wan: "smartfren", health: "down", reason: reason))) {
                    try client.switchTo(wan: "smartfren", force: false)
                }
                let problems = ["uplinkd.yaml:1:1: error: a", "uplinkd.yaml:2:1: error: b"]
                #expect(throws: ControlClientError.refused(.configurationRefused(problems: problems))) { try client.reload() }
                // An error ends the call, not the connection.
                #expect(try client.status() == .sample)
            }
        }
    }

    @Test(
        "a call that can't be carried out gets the error that Varlink has for it",
        arguments: [
            (#"{"method":"net.uplinkd.Nothing"}"#, .service(.methodNotFound(method: "net.uplinkd.Nothing"))),
            (#"{"method":"org.example.Status"}"#, .service(.interfaceNotFound(interface: "org.example"))),
            (#"{"method":"Status"}"#, .service(.interfaceNotFound(interface: ""))),
            (#"{"method":""}"#, .service(.interfaceNotFound(interface: ""))),
            (#"{"method":"net.uplinkd.Status","parameters":{"x":1}}"#, .service(.invalidParameter(parameter: "x"))),
            (#"{"method":"net.uplinkd.Events","parameters":{"last":"all"}}"#, .service(.invalidParameter(parameter: "last"))),
            (#"{"method":"net.uplinkd.Events","parameters":{"last":-1}}"#, .service(.invalidParameter(parameter: "last"))),
            (#"{"method":"net.uplinkd.Events","parameters":{"last":1e300}}"#, .service(.invalidParameter(parameter: "parameters"))),
            (#"{"method":"net.uplinkd.Events","parameters":{"follow":true}}"#, .service(.expectedMore)),
            (#"{"method":"net.uplinkd.Watch"}"#, .service(.expectedMore)),
            (#"{"method":"net.uplinkd.Probe"}"#, .service(.invalidParameter(parameter: "wan"))),
            (
                #"{"method":"net.uplinkd.Probe","parameters":{"wan":"telkom","command":["/bin/sh"]}}"#,
                .service(.invalidParameter(parameter: "command"))
            ),
            (#"{"method":"net.uplinkd.Quality","parameters":{"wan":"x"}}"#, .unknownWAN(wan: "x", known: ["telkom", "smartfren"])),
            (
                #"{"method":"net.uplinkd.Reports","parameters":{"id":"x"}}"#,
                .unknownReport(id: "x", known: ["20261124-183012-527", "20261124-190000-001"])
            ),
            (#"{"method":"net.uplinkd.Reports","parameters":{"last":-1}}"#, .service(.invalidParameter(parameter: "last"))),
            (#"{"method":"net.uplinkd.Status","upgrade":true}"#, .service(.methodNotImplemented(method: "net.uplinkd.Status"))),
            (#"{"method":"org.varlink.service.GetInterfaceDescription"}"#, .service(.invalidParameter(parameter: "interface"))),
            (
                #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"a.b"}}"#,
                .service(.interfaceNotFound(interface: "a.b"))
            ),
        ] as [(String, ControlError)])
    func callErrors(call: String, error: ControlError) async throws {
        try await withServer { server, _, path in
            try await blocking {
                let client = try RawClient(path)
                try client.send(call)
                guard case .failure(let received) = try client.receive(Anything.self) else {
                    Issue.record("not an error")
                    return
                }
                #expect(received == error)
                try client.send(#"{"method":"net.uplinkd.Status"}"#)
                #expect(try client.receive(StatusReply.self) == .success(StatusReply(status: .sample)))
            }
        }
    }

    @Test("calls sent together are answered in their order, and one without a reply gets none")
    func pipeline() async throws {
        try await withServer { server, handler, path in
            try await blocking {
                let client = try RawClient(path)
                var calls: [UInt8] = []
                for number in 0..<200 {
                    calls += Array("{\"method\":\"net.uplinkd.Events\",\"parameters\":{\"last\":\(number % 4)}}\0".utf8)
                    calls += Array(#"{"method":"net.uplinkd.Switch","oneway":true}"#.utf8) + [0]
                }
                try client.sendBytes(calls)
                for number in 0..<200 {
                    guard case .success(let reply) = try client.receive(EventsReply.self) else {
                        Issue.record("an error")
                        return
                    }
                    #expect(reply.events.count == number % 4)
                }
            }
            try await eventually("every call without a reply was carried out") { await handler.switches.count == 200 }
        }
    }

    @Test("a client that closes its side first still gets its replies, and then the end")
    func halfClosed() async throws {
        try await withServer { server, _, path in
            try await blocking {
                let client = try RawClient(path)
                try client.send(#"{"method":"net.uplinkd.Status"}"#)
                try client.send(#"{"method":"net.uplinkd.Reload"}"#)
                client.endSending()
                #expect(try client.receive(StatusReply.self) == .success(StatusReply(status: .sample)))
                #expect(try client.receive(ReloadReply.self) == .success(ReloadReply(changes: ["smartfren is metered now."])))
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test("stopping ends every connection and takes the socket away")
    func stop() async throws {
        try await withServer { server, _, path in
            let ended = Task {
                try await blocking {
                    let client = try RawClient(path)
                    try client.send(#"{"method":"net.uplinkd.Watch","more":true}"#)
                    _ = try client.receive()
                    return try client.receive()
                }
            }
            try await eventually("the client is there") { await server.counters.requests == 1 }
            await server.stop()
            #expect(try await ended.value == nil)
            let error = try await blocking { () -> ControlClientError? in
                do { _ = try ControlClient(path: path); return nil } catch let error as ControlClientError { return error }
            }
            #expect(error == .noSocket(path: path))
        }
    }
}
