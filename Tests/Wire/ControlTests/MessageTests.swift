import Control
import ControlFixtures
import ControlProtocol
import FoundationEssentials
import Testing
import Varlink

@Suite struct MessageTests {
    @Test("a call is read with all that Varlink gives it, and what isn't known is ignored")
    func call() throws {
        let json =
            #"{"method":"net.uplinkd.Events","parameters":{"last":5,"follow":true},"more":true,"oneway":true,"upgrade":true,"x":[1]}"#
        let call = try Call(json: Data(json.utf8))
        #expect(call.name == "net.uplinkd.Events")
        #expect(call.more && call.oneway && call.upgrade)
        let parameters: EventsParameters = try call.parameters()
        #expect(parameters.last == 5 && parameters.follow == true)
    }

    @Test("no parameters, null and an empty object mean the same", arguments: ["", #","parameters":null"#, #","parameters":{}"#])
    func noParameters(text: String) throws {
        let call = try Call(json: Data("{\"method\":\"net.uplinkd.Switch\"\(text)}".utf8))
        let parameters: SwitchParameters = try call.parameters()
        #expect(parameters.wan == nil && parameters.force == nil)
    }

    @Test(
        "a parameter that is unknown or of the wrong type is named",
        arguments: [
            (#"{"wan":5}"#, "wan"), (#"{"force":"yes"}"#, "force"), (#"{"wan":"a","fort":true}"#, "fort"), ("[]", "parameters"),
            ("\"telkom\"", "parameters"),
        ])
    func wrongParameters(text: String, name: String) throws {
        let call = try Call(json: Data("{\"method\":\"net.uplinkd.Switch\",\"parameters\":\(text)}".utf8))
        #expect(throws: ServiceError.invalidParameter(parameter: name)) { try call.parameters(SwitchParameters.self) }
    }

    @Test(
        "what isn't a call is refused",
        arguments: [
            "", "{", "[]", "null", "42", "\"x\"", "{}", #"{"method":1}"#, #"{"method":null}"#, #"{"method":"a","more":"yes"}"#,
            String(repeating: "[", count: 60_000), String(repeating: "{\"method\":", count: 6000),
            "{\"method\":\"x\",\"y\":" + String(repeating: "[", count: 600) + String(repeating: "]", count: 600) + "}",
        ])
    func noCall(text: String) { #expect(throws: DecodingError.self) { try Call(json: Data(text.utf8)) } }

    static let errors: [ControlError] = [
        .unknownWAN(wan: "x", known: ["a", "b"]), .unknownReport(id: "20261124-183012-527", known: ["20261124-190000-001"]),
        .wanNotUsable(wan: "a", health: "down", reason: "It is silent."),
        .configurationRefused(problems: ["uplinkd.yaml:3:1: error: no such key"]), .invalidTarget(reason: "No."),
        .drillRefused(reason: "Not now."),
        .tooManyClients(limit: 64),
        .failed(message: "It can't."), .service(.interfaceNotFound(interface: "a.b")), .service(.methodNotFound(method: "a.b.C")),
        .service(.methodNotImplemented(method: "a.b.C")),
        .service(.invalidParameter(parameter: "wan")), .service(.permissionDenied), .service(.expectedMore), .other("net.uplinkd.Later"),
    ]

    @Test("every error arrives as it was sent", arguments: errors)
    func error(error: ControlError) throws {
        let reply = try Reply.decode(Anything.self, or: ControlError.self, from: Reply.encode(error))
        guard case .failure(let received) = reply.outcome else {
            Issue.record("not an error")
            return
        }
        #expect(received == error)
    }

    @Test("an error with strange parameters is still that error")
    func strangeError() throws {
        let json = #"{"error":"net.uplinkd.UnknownWAN","parameters":{"wan":["x"]}}"#
        guard case .failure(let error) = try Reply.decode(Anything.self, or: ControlError.self, from: Data(json.utf8)).outcome else {
            Issue.record("not an error")
            return
        }
        #expect(error == .unknownWAN(wan: "", known: []))
    }

    @Test("a number that JSON doesn't have becomes an error and no crash")
    func notANumber() {
        let status = Status.sample.with { $0.wans[0].roundTripMilliseconds = .nan }
        #expect(throws: Reply.Unwritable.self) { try Reply.encode(StatusReply(status: status)) }
    }

    @Test("a status with fields that a later daemon adds is read all the same")
    func laterStatus() throws {
        let text = String(decoding: try Reply.encode(StatusReply(status: .sample)), as: UTF8.self)
        let later = text.replacing("\"pinned\":false", with: "\"pinned\":false,\"later\":{\"a\":[1,null]}")
        #expect(later != text)
        guard case .success(let reply) = try Reply.decode(StatusReply.self, or: ControlError.self, from: Data(later.utf8)).outcome else {
            Issue.record("an error")
            return
        }
        #expect(reply.status == .sample)
    }

    @Test("times are RFC 3339, in UTC, to the millisecond")
    func time() { #expect(wireTime(Date(timeIntervalSince1970: 1_785_456_000.25)) == "2026-07-31T00:00:00.250Z") }

    @Test("twenty thousand damaged messages are read or refused, and never crash")
    func mutations() throws {
        let seeds = [
            #"{"method":"net.uplinkd.Events","parameters":{"last":5,"follow":true},"more":true}"#,
            #"{"method":"net.uplinkd.Switch","parameters":{"wan":"telkom","force":false},"oneway":true}"#,
            #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"net.uplinkd"}}"#,
            #"{"method":"net.uplinkd.Status","parameters":{}}"#,
            #"{"method":"net.uplinkd.Probe","parameters":{"wan":"telkom","target":"1.1.1.1","port":443,"expect":["a"],"timeout_seconds":1.5}}"#,
        ].map { Array($0.utf8) + [0] }
        var random = Random(state: 2026)
        var calls = 0
        var refused = 0
        for turn in 0..<20_000 {
            var buffer = FrameBuffer(limit: 4096)
            buffer.append(random.mutated(seeds[turn % seeds.count]))
            do {
                while let message = try buffer.next() {
                    let call = try Call(json: message)
                    calls += 1
                    _ = Result { try call.parameters(EventsParameters.self) }
                    _ = Result { try call.parameters(SwitchParameters.self) }
                    _ = Result { try call.parameters(GetInterfaceDescriptionParameters.self) }
                    _ = Result { try call.parameters(ProbeParameters.self) }
                }
            } catch {
                refused += 1
            }
        }
        // Both happened, so the faults were neither too small nor too large.
        #expect(calls > 1000 && refused > 1000)
    }

    @Test("damaged replies are read or refused, and never crash")
    func mutatedReplies() throws {
        let seed = Array(try Reply.encode(StatusReply(status: .sample), continues: true))
        var random = Random(state: 31)
        var refused = 0
        for _ in 0..<2000 {
            do { _ = try Reply.decode(StatusReply.self, or: ControlError.self, from: Data(random.mutated(seed))) } catch { refused += 1 }
        }
        #expect(refused > 100 && refused < 2000)
    }
}
