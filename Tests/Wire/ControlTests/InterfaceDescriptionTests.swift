import ControlFixtures
import ControlProtocol
import FoundationEssentials
import HistoryProtocol
import Model
import Testing
import Varlink

/// The Swift types are made of the description (Scripts/generate-varlink); what really goes over the wire has to be what others build on.
@Suite struct InterfaceDescriptionTests {
    let interface = InterfaceParser(ControlMethod.interface.description)
    let service = InterfaceParser(ServiceMethod.interface.description)

    private func object(_ value: some Encodable) throws -> [String: JSONValue] {
        guard case .object(let entries) = try decodeJSON(JSONValue.self, from: encodeJSON(value)) else { return [:] }
        return entries
    }

    @Test("no two of types, methods and errors have one name: Varlink has one space for them all")
    func names() {
        let names = Array(interface.types.keys) + Array(interface.methods.keys) + Array(interface.errors.keys)
        #expect(Set(names).count == names.count)
    }

    @Test("every reply fits what its method promises")
    func replies() throws {
        let explanation = Explanation(sentence: "a", lines: [.init(wan: "telkom", clauses: ["b"], text: "b.")], commands: ["c"])
        let replies: [(String, [String: JSONValue])] = [
            ("Status", try object(StatusReply(status: .sample))),
            ("Watch", try object(WatchReply(status: .sample))),
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

    /// Of each type a value in which every field has something; and how it is read.
    private struct Full {
        var name: String
        var entries: [String: JSONValue]
        var read: (Data) throws -> Bool

        init<T: Codable & Equatable>(_ name: String, _ value: T) throws {
            self.name = name
            guard case .object(let entries) = try decodeJSON(JSONValue.self, from: encodeJSON(value)) else { throw NoObject() }
            self.entries = entries
            read = { try decodeJSON(T.self, from: $0) == value }
        }

        struct NoObject: Error {}
    }

    private func hold(_ types: [Full], against interface: InterfaceParser) throws {
        for full in types {
            let fields = try #require(interface.types[full.name])
            #expect(Set(full.entries.keys) == Set(fields.keys), "\(full.name)")
            #expect(interface.misfits(.object(full.entries), full.name, at: full.name) == [])
            #expect(try full.read(encodeJSON(full.entries)), "\(full.name)")
            for (field, type) in fields {
                var without = full.entries
                without[field] = nil
                let data = try encodeJSON(without)
                if type.hasPrefix("?") {
                    // What it was is missed, so it had come over before.
                    #expect(try !full.read(data), "\(full.name).\(field)")
                } else {
                    #expect(throws: DecodingError.self, "\(full.name).\(field)") { try full.read(data) }
                }
            }
        }
        #expect(Set(interface.types.keys) == Set(types.map(\.name)))
    }

    @Test("every field comes over; optional ones may be missing, the others may not")
    func fields() throws {
        let ipv6 = IPv6Status(health: "down", fault: "silent", sinceSeconds: 1, selected: false, reason: "a")
        let wan = WANStatus.sample(
            "a", health: "down", fault: "silent", drainEnds: 3, readiness: ReadinessStatus(ready: false, provenSeconds: 1, problem: "a"),
            ipv6: ipv6)
        let nat = NATStatus(ok: false, variant: "nft", problem: "a")
        let selection = Status.sample.selection
        let report = SwitchReport.sample("a")
        let types: [Full] = [
            try Full("Sentence", Sentence("a", ["b": "c"], "d")), try Full("StatusReport", Status.sample), try Full("Selection", selection),
            try Full("NAT", nat),
            try Full("WAN", wan), try Full("IPv6", ipv6),
            try Full(
                "Target",
                TargetStatus(
                    target: "a", address: "b", answered: true, roundTripMilliseconds: 1.5, lossPercent: 0, problem: "c")),
            try Full("Readiness", ReadinessStatus(ready: false, provenSeconds: 1, problem: "a")),
            try Full("Impairment", ImpairmentStatus(fault: "slow", sinceSeconds: 1, evidence: "a")),
            try Full("WANQuality", WANQuality.sample("a")), try Full("TargetQuality", WANQuality.sample("a").targets[1]),
            try Full("Figures", Figures.sample(sent: 3, lost: 1)),
            try Full(
                "Thresholds",
                ThresholdsInForce(
                    loss: .init(leave: 1, back: 2), mean: .init(leave: 3, back: 4), deviation: .init(leave: 5, back: 6),
                    percentile99: .init(leave: 7, back: 8))),
            try Full("Limit", ThresholdLimit(leave: 1, back: 2)), try Full("SampleSeries", SamplesReply.sample.series[0]),
            try Full("ProbeResult", ProbeResult.answer), try Full("DrillProgress", DrillProgress.over),
            try Full("Event", ControlEvent.sample(1)),
            try Full("Explanation", Explanation(sentence: "a", lines: [.init(wan: "telkom", clauses: ["b"], text: "b.")], commands: ["c"])),
            try Full("ExplanationLine", ExplanationLine(wan: "a", clauses: ["b"], text: "b.")), try Full("Client", ClientStatus.sample),
            try Full("ClientShare", ClientStatus.sample.shares[0]),
            try Full("SwitchReport", report.with { $0.drill = "silent" }), try Full("ReportedClient", report.clients[0]),
        ]
        try hold(types, against: interface)
    }

    @Test("the same of the history's")
    func pastFields() throws {
        let availability = WANAvailability {
            $0.wan = "telkom"
            $0.upPercent = 99.5
        }
        let outage = Outage {
            $0.wan = "telkom"
            $0.end = "2026-11-01T10:00:03.000Z"
            $0.fault = "silent"
            $0.lossPercentBefore = 1
            $0.roundTripMillisecondsBefore = 2
            $0.lossPercent = 3
            $0.roundTripMilliseconds = 4
        }
        let types: [Full] = [
            try Full("Sentence", Sentence("a", ["b": "c"], "d")), try Full("WANAvailability", availability), try Full("Outage", outage),
            try Full("Event", ControlEvent.sample(1)),
            try Full("SampleBlock", PastSamples(wan: "a", target: "b", block: Data([1, 2, 3]))),
            try Full("LinkChange", PastLink(at: 1_785_412_800_000, wan: "a", state: 2)),
            try Full("Recorded", PastSpan(from: 1_785_412_800_000, until: 1_785_412_802_000)),
        ]
        try hold(types, against: InterfaceParser(HistoryMethod.interface.description))
    }
}

extension SwitchReport {
    fileprivate func with(_ change: (inout SwitchReport) -> Void) -> SwitchReport {
        var report = self
        change(&report)
        return report
    }
}
