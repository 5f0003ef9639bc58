import Control
import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials
import HistoryProtocol
import Model
import Samples
import Testing
import Varlink

@testable import History

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
            let server = try VarlinkServer(path: "\(folder)/control", group: nil, service: .history(keeper, now: { at(100) }))
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
                HistoryMethod.events, PastEventsParameters(since: (noon + 5).text, wan: "telkom", last: 2))
            #expect(events.events.map(\.id) == [3, 4] && events.problems == [])
            let reports = try client.call(HistoryMethod.reports, PastReportsParameters(id: "b"))
            #expect(reports.reports == [.sample("b")])
            let availability = try client.call(HistoryMethod.availability, PastAvailabilityParameters()).availability
            #expect(availability.map(\.period) == ["all"] && availability.map(\.downSeconds) == [10])
            let outages = try client.call(HistoryMethod.outages, PastOutagesParameters(wan: "telkom"))
            #expect(outages.outages.map(\.fault?.code) == ["no-carrier"] && outages.availability == availability)
            let none = try client.call(HistoryMethod.outages, PastOutagesParameters(wan: "nobody"))
            #expect(none.outages == [] && none.availability == [])
            let samples = try client.call(
                HistoryMethod.samples, PastSamplesParameters(since: (noon + 0.5).text, until: (noon + 60).text))
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
            func refusal<P: CallParameters, R>(_ method: VarlinkMethod<P, R>, _ parameters: P) -> ControlClientError? {
                do throws(ControlClientError) {
                    _ = try client.call(method, parameters)
                    return nil
                } catch {
                    return error
                }
            }
            #expect(
                refusal(HistoryMethod.availability, PastAvailabilityParameters(by: "week"))
                    == .refused(.service(.invalidParameter(parameter: "by"))))
            #expect(
                refusal(HistoryMethod.availability, PastAvailabilityParameters(since: "yesterday"))
                    == .refused(.service(.invalidParameter(parameter: "since"))))
            #expect(
                refusal(HistoryMethod.events, PastEventsParameters(last: -1)) == .refused(.service(.invalidParameter(parameter: "last"))))
            #expect(
                refusal(
                    VarlinkMethod<PastEventsParameters, PastOutagesReply>(HistoryMethod.outages.name), PastEventsParameters(kind: "health"))
                    == .refused(.service(.invalidParameter(parameter: "kind"))))
        }
    }

    @Test("it isn't the daemon: it says what it is, and has none of the daemon's methods")
    func identity() async throws {
        try await withService { client in
            let information = try client.call(ServiceMethod.getInfo)
            #expect(information.product == "uplinkd-history" && information.interfaces == ["org.varlink.service", "net.uplinkd.history"])
            let description = try client.call(
                ServiceMethod.getInterfaceDescription, GetInterfaceDescriptionParameters(interface: "net.uplinkd.history"))
            #expect(description.description == HistoryMethod.interface.description)
            #expect(throws: ControlClientError.refused(.service(.interfaceNotFound(interface: "net.uplinkd")))) { try client.status() }
            #expect(throws: ControlClientError.refused(.service(.methodNotFound(method: "net.uplinkd.history.Forget")))) {
                try client.call(VarlinkMethod<NoParameters, StatusReply>("net.uplinkd.history.Forget"))
            }
        }
    }
}
