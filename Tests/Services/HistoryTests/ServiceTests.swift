import Control
import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials
import HistoryProtocol
import Samples
import Testing

@testable import History
@testable import HistoryProtocol

@Suite struct ServiceTests {
    /// A history with an outage, served.
    private func withService(_ body: @Sendable @escaping (ControlClient) throws -> Void) async throws {
        try await withFolder { folder in
            let keeper = try Keeper(.init(folder: folder, keep: .seconds(86400), limit: 50_000_000), log: { _, _ in })
            await keeper.record { recorder in
                let past = [
                    ControlEvent.health(1, at: 0, "telkom", "up"), .health(2, at: 10, "telkom", "down", fault: "no carrier"),
                    .health(3, at: 20, "telkom", "recovering"), .health(4, at: 30, "telkom", "up"),
                ]
                recorder.connected(.sample(), past: past, at: at(100))
                recorder.take([.sample("a"), .sample("b")])
                let start = Int(noon.milliseconds)
                let series = [
                    SampleSeries(wan: "telkom", target: "gateway", times: [start, 1000, 1000], results: [900, -1, 1000]),
                    SampleSeries(wan: "telkom", target: nil, times: [start], results: [0]),
                ]
                recorder.take(SamplesReply(started: noon.text, last: 4, from: start, until: start + 90_000, more: false, series: series))
            }
            let queue = DispatchQueue(label: "test")
            let server = try ControlServer(
                path: "\(folder)/control", group: nil, service: HistoryService(keeper: keeper, now: { at(100) }), poll: Poll(queue: queue))
            await server.start()
            let path = server.path
            let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
                // A client blocks: not on a thread of the pool that has to answer it.
                DispatchQueue(label: "client").async { continuation.resume(returning: Result { try body(ControlClient(path: path)) }) }
            }
            await server.stop()
            try result.get()
        }
    }

    @Test("every method answers over the socket")
    func methods() async throws {
        try await withService { client in
            let events = try client.call(
                HistoryMethod.events.rawValue, PastEventsParameters(since: (noon + 5).text, wan: "telkom", last: 2),
                reply: PastEventsReply.self)
            #expect(events.events.map(\.id) == [3, 4] && events.problems == [])
            let reports = try client.call(HistoryMethod.reports.rawValue, PastReportsParameters(id: "b"), reply: PastReportsReply.self)
            #expect(reports.reports == [.sample("b")])
            let availability = try client.call(HistoryMethod.availability.rawValue, reply: AvailabilityReply.self).availability
            #expect(availability.map(\.period) == ["all"] && availability.map(\.downSeconds) == [10])
            let outages = try client.call(HistoryMethod.outages.rawValue, OutagesParameters(wan: "telkom"), reply: OutagesReply.self)
            #expect(outages.outages.map(\.fault) == ["no carrier"] && outages.availability == availability)
            let none = try client.call(HistoryMethod.outages.rawValue, OutagesParameters(wan: "nobody"), reply: OutagesReply.self)
            #expect(none.outages == [] && none.availability == [])
            let samples = try client.call(
                HistoryMethod.samples.rawValue, PastSamplesParameters(since: (noon + 0.5).text, until: (noon + 60).text),
                reply: PastSamplesReply.self)
            let block = try #require(samples.samples.first)
            #expect(block.wan == "telkom" && block.target == "gateway" && samples.samples.count == 1)
            #expect(try SampleBlock.decode([UInt8](block.block)).map(\.at) == [1000, 2000].map { noon.milliseconds + $0 })
            #expect(samples.recorded == [PastSpan(from: noon.milliseconds + 500, until: noon.milliseconds + 60_000)])
            #expect(samples.next == nil)
        }
    }

    @Test("a question that makes no sense is refused")
    func refusals() async throws {
        try await withService { client in
            func refusal(_ method: HistoryMethod, _ parameters: some ControlParameters) -> ControlClientError? {
                do throws(ControlClientError) {
                    _ = try client.call(method.rawValue, parameters, reply: AvailabilityReply.self)
                    return nil
                } catch {
                    return error
                }
            }
            #expect(refusal(.availability, AvailabilityParameters(by: "week")) == .refused(.invalidParameter("by")))
            #expect(refusal(.availability, AvailabilityParameters(since: "yesterday")) == .refused(.invalidParameter("since")))
            #expect(refusal(.events, PastEventsParameters(last: -1)) == .refused(.invalidParameter("last")))
            #expect(refusal(.outages, PastEventsParameters(kind: "health")) == .refused(.invalidParameter("kind")))
        }
    }

    @Test("it isn't the daemon: it says what it is, and has none of the daemon's methods")
    func identity() async throws {
        try await withService { client in
            let information = try client.call(.getInfo, reply: ServiceInformation.self)
            #expect(information.product == "uplinkd-history" && information.interfaces == ["org.varlink.service", "net.uplinkd.history"])
            let description = try client.call(
                .getInterfaceDescription, DescriptionParameters(interface: "net.uplinkd.history"), reply: DescriptionReply.self)
            #expect(description.description == historyDescription)
            #expect(throws: ControlClientError.refused(.interfaceNotFound("net.uplinkd"))) { try client.status() }
            #expect(throws: ControlClientError.refused(.methodNotFound("net.uplinkd.history.Forget"))) {
                try client.call("net.uplinkd.history.Forget", reply: StatusReply.self)
            }
        }
    }

    @Test("every method, parameter and field is described")
    func description() {
        for method in HistoryMethod.allCases {
            let name = method.rawValue.split(separator: ".").last ?? ""
            #expect(historyDescription.contains("method \(name)("), "\(name)")
        }
        let parameters =
            PastEventsParameters.known + PastReportsParameters.known + AvailabilityParameters.known + OutagesParameters.known
            + PastSamplesParameters.known
        for name in parameters { #expect(historyDescription.contains("\(name): ?"), "\(name)") }
        let fields =
            WANAvailability.CodingKeys.allCases.map(\.rawValue) + Outage.CodingKeys.allCases.map(\.rawValue)
            + PastSamples.CodingKeys.allCases.map(\.rawValue) + PastLink.CodingKeys.allCases.map(\.rawValue)
            + PastSpan.CodingKeys.allCases.map(\.rawValue)
        for name in fields {
            #expect(historyDescription.contains("  \(name): "), "\(name)")
        }
    }
}
