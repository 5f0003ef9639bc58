import ControlFixtures
import ControlProtocol
import FoundationEssentials
import Testing

@testable import ControlProtocol
@testable import Varlink

/// The Swift types are what really goes over the wire; the description is what others build on.
@Suite struct InterfaceDescriptionTests {
    let interface = InterfaceParser(ControlMethod.interface.description)
    let service = InterfaceParser(ServiceMethod.interface.description)

    private func object(_ value: some Encodable) throws -> [String: JSONValue] {
        guard case .object(let entries) = try decodeJSON(JSONValue.self, from: encodeJSON(value)) else { return [:] }
        return entries
    }

    @Test("every type has the fields that its Swift type sends, no more and no less")
    func fields() {
        let types: [(String, [String])] = [
            ("StatusReport", Status.CodingKeys.allCases.map(\.rawValue)),
            ("Selection", SelectionStatus.CodingKeys.allCases.map(\.rawValue)),
            ("NAT", NATStatus.CodingKeys.allCases.map(\.rawValue)),
            ("WAN", WANStatus.CodingKeys.allCases.map(\.rawValue)),
            ("Target", TargetStatus.CodingKeys.allCases.map(\.rawValue)),
            ("Readiness", ReadinessStatus.CodingKeys.allCases.map(\.rawValue)),
            ("Impairment", ImpairmentStatus.CodingKeys.allCases.map(\.rawValue)),
            ("WANQuality", WANQuality.CodingKeys.allCases.map(\.rawValue)),
            ("TargetQuality", TargetQuality.CodingKeys.allCases.map(\.rawValue)),
            ("Figures", Figures.CodingKeys.allCases.map(\.rawValue)),
            ("Thresholds", ThresholdsInForce.CodingKeys.allCases.map(\.rawValue)),
            ("Limit", ThresholdsInForce.Limit.CodingKeys.allCases.map(\.rawValue)),
            ("SampleSeries", SampleSeries.CodingKeys.allCases.map(\.rawValue)),
            ("ProbeResult", ProbeResult.CodingKeys.allCases.map(\.rawValue)),
            ("DrillProgress", DrillProgress.CodingKeys.allCases.map(\.rawValue)),
            ("Event", ControlEvent.CodingKeys.allCases.map(\.rawValue)),
            ("Explanation", Explanation.CodingKeys.allCases.map(\.rawValue)),
            ("ExplanationLine", Explanation.Line.CodingKeys.allCases.map(\.rawValue)),
            ("Client", ClientStatus.CodingKeys.allCases.map(\.rawValue)),
            ("ClientShare", ClientShare.CodingKeys.allCases.map(\.rawValue)),
            ("SwitchReport", SwitchReport.CodingKeys.allCases.map(\.rawValue)),
            ("ReportedClient", ReportedClient.CodingKeys.allCases.map(\.rawValue)),
        ]
        for (name, keys) in types { #expect(interface.types[name].map { Set($0.keys) } == Set(keys), "\(name)") }
        #expect(Set(interface.types.keys) == Set(types.map(\.0)))
    }

    @Test("no two of types, methods and errors have one name: Varlink has one space for them all")
    func names() {
        let names = Array(interface.types.keys) + Array(interface.methods.keys) + Array(interface.errors.keys)
        #expect(Set(names).count == names.count)
    }

    @Test("every reply fits what its method promises")
    func replies() throws {
        let explanation = Explanation(sentence: "a", lines: [.init(wan: "telkom", sentence: "b")], commands: ["c"])
        let replies: [(String, [String: JSONValue])] = [
            ("Status", try object(StatusReply(status: .sample))),
            ("Watch", try object(StatusReply(status: .sample))),
            ("Events", try object(EventsReply(events: [.sample(1)]))),
            ("Explain", try object(ExplainReply(explanation: explanation))),
            ("Quality", try object(QualityReply(quality: [.sample("telkom")]))),
            ("Clients", try object(ClientsReply(clients: [.sample, .unknown]))),
            ("Reports", try object(ReportsReply(reports: [.sample("20261124-183012-527")]))),
            ("Metrics", try object(MetricsReply(text: "a"))),
            ("Samples", try object(SamplesReply.sample)),
            ("Probe", try object(ProbeReply(results: [.answer, .silence, .lie, .unsent]))),
            ("Switch", try object(SwitchReply(selection: Status.sample.selection))),
            ("Drill", try object(DrillReply(progress: .over))),
            ("Reload", try object(ReloadReply(changes: ["a"]))),
        ]
        for (method, reply) in replies {
            let output = try #require(interface.methods[method]?.output)
            #expect(interface.misfits(reply, output, at: method) == [])
        }
        #expect(Set(interface.methods.keys) == Set(replies.map(\.0)))
        #expect(
            service.misfits(
                try object(GetInfoReply(vendor: "a", product: "b", version: "c", url: "", interfaces: ["d"])),
                service.methods["GetInfo"]?.output ?? [:], at: "GetInfo") == [])
        let description = try object(GetInterfaceDescriptionReply(description: "a"))
        #expect(service.misfits(description, service.methods["GetInterfaceDescription"]?.output ?? [:], at: "") == [])
    }

    @Test("optional fields may be missing, the others may not")
    func optional() throws {
        let types: [(String, JSONValue, (Data) throws -> Void)] = [
            ("StatusReport", .object(try object(Status.sample)), { _ = try decodeJSON(Status.self, from: $0) }),
            ("WAN", .object(try object(WANStatus.sample("a", fault: "silent"))), { _ = try decodeJSON(WANStatus.self, from: $0) }),
            ("Selection", .object(try object(Status.sample.selection)), { _ = try decodeJSON(SelectionStatus.self, from: $0) }),
            ("NAT", .object(try object(Status.sample.nat)), { _ = try decodeJSON(NATStatus.self, from: $0) }),
            ("Target", .object(try object(Status.sample.wans[0].targets[0])), { _ = try decodeJSON(TargetStatus.self, from: $0) }),
            (
                "Impairment", .object(try object(ImpairmentStatus(fault: "slow", sinceSeconds: 1, evidence: "a"))),
                { _ = try decodeJSON(ImpairmentStatus.self, from: $0) }
            ),
            (
                "Readiness", .object(try object(ReadinessStatus(ready: false, provenSeconds: 1, problem: "a"))),
                { _ = try decodeJSON(ReadinessStatus.self, from: $0) }
            ),
            ("WANQuality", .object(try object(WANQuality.sample("a"))), { _ = try decodeJSON(WANQuality.self, from: $0) }),
            (
                "TargetQuality", .object(try object(WANQuality.sample("a").targets[1])),
                { _ = try decodeJSON(TargetQuality.self, from: $0) }
            ),
            ("Figures", .object(try object(Figures.sample(sent: 3, lost: 1))), { _ = try decodeJSON(Figures.self, from: $0) }),
            ("SampleSeries", .object(try object(SamplesReply.sample.series[0])), { _ = try decodeJSON(SampleSeries.self, from: $0) }),
            ("ProbeResult", .object(try object(ProbeResult.answer)), { _ = try decodeJSON(ProbeResult.self, from: $0) }),
            ("DrillProgress", .object(try object(DrillProgress.over)), { _ = try decodeJSON(DrillProgress.self, from: $0) }),
            ("Client", .object(try object(ClientStatus.sample)), { _ = try decodeJSON(ClientStatus.self, from: $0) }),
            ("ClientShare", .object(try object(ClientStatus.sample.shares[0])), { _ = try decodeJSON(ClientShare.self, from: $0) }),
            ("SwitchReport", .object(try object(SwitchReport.sample("a"))), { _ = try decodeJSON(SwitchReport.self, from: $0) }),
            (
                "ReportedClient", .object(try object(SwitchReport.sample("a").clients[0])),
                { _ = try decodeJSON(ReportedClient.self, from: $0) }
            ),
            ("Event", .object(try object(ControlEvent.sample(1))), { _ = try decodeJSON(ControlEvent.self, from: $0) }),
        ]
        for (name, value, decode) in types {
            guard case .object(let entries) = value else { continue }
            for (field, type) in try #require(interface.types[name]) {
                var without = entries
                without[field] = nil
                let data = try encodeJSON(without)
                if type.hasPrefix("?") {
                    #expect(throws: Never.self, "\(name).\(field)") { try decode(data) }
                } else {
                    #expect(throws: DecodingError.self, "\(name).\(field)") { try decode(data) }
                }
            }
        }
    }

    @Test("the parameters of every method are the ones that it knows")
    func parameters() {
        let known: [(String, [String])] = [
            (ControlMethod.status.name, NoParameters.known), (ControlMethod.watch.name, NoParameters.known),
            (ControlMethod.explain.name, ExplainParameters.known), (ControlMethod.reload.name, NoParameters.known),
            (ControlMethod.quality.name, QualityParameters.known), (ControlMethod.clients.name, NoParameters.known),
            (ControlMethod.reports.name, ReportsParameters.known), (ControlMethod.samples.name, SamplesParameters.known),
            (ControlMethod.metrics.name, NoParameters.known), (ControlMethod.probe.name, ProbeParameters.known),
            (ControlMethod.events.name, EventsParameters.known), (ControlMethod.switch.name, SwitchParameters.known),
            (ControlMethod.drill.name, DrillParameters.known), (ServiceMethod.getInfo.name, NoParameters.known),
            (ServiceMethod.getInterfaceDescription.name, GetInterfaceDescriptionParameters.known),
        ]
        for (method, known) in known {
            let parts = method.split(separator: ".").map(String.init)
            let described = (parts[0] == "net" ? interface : service).methods[parts.last ?? ""]
            #expect(described.map { Set($0.input.keys) } == Set(known), "\(method)")
        }
        #expect(interface.methods.count + service.methods.count == known.count)
    }

    @Test("every error that is sent is described, with its parameters")
    func errors() throws {
        for error in MessageTests.errors {
            if case .other = error { continue }
            let name = try #require(error.name.split(separator: ".").last.map(String.init))
            let described = try #require((error.name.hasPrefix("net.") ? interface : service).errors[name], "\(name)")
            #expect(interface.misfits(try object(error.parameters), described, at: name) == [])
        }
        #expect(interface.errors.count + service.errors.count == MessageTests.errors.count - 1)
    }
}
