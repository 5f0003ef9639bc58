import ControlFixtures
import ControlProtocol
import FoundationEssentials
import HistoryProtocol
import Model
import Samples
import Simulation
import Testing
@testable import uplinkctl

@Suite struct ReplayTextTests {
    /// A Monday.
    private static let start: Int64 = 1_793_620_800_000

    private static func page(
        _ from: Int64, _ until: Int64, target: String = "1.1.1.1", _ samples: [Sample] = [], links: [PastLink] = []
    ) -> PastSamplesReply {
        PastSamplesReply(
            samples: [PastSamples(wan: "telkom", target: target, block: Data(SampleBlock.encode(samples)))], links: links,
            recorded: [PastSpan(from: start + from, until: start + until)], next: nil, problems: [])
    }

    @Test("pages become one record: a stream for each target, times that touch are one, links in their order")
    func pages() {
        var recording = Recording()
        recording.add(Self.page(0, 3600, links: [PastLink(at: Self.start, wan: "telkom", state: 0)]))
        recording.add(
            Self.page(
                3600, 7200,
                links: [PastLink(at: Self.start + 10, wan: "telkom", state: 2), PastLink(at: Self.start + 5, wan: "x", state: 9)]))
        recording.add(Self.page(9000, 9000))
        recording.add(Self.page(8000, 8500, target: "gateway"))
        recording.add(Self.page(7000, 7300))
        #expect(recording.streams.map(\.target) == ["1.1.1.1", "gateway"])
        #expect(recording.streams.map(\.blocks.count) == [4, 1])
        #expect(recording.spans == [Self.start..<Self.start + 7300, Self.start + 8000..<Self.start + 8500])
        // A state that isn't known here is left out.
        #expect(recording.links.map(\.state) == [.ready, .noCarrier])
    }

    @Test("both configurations stand side by side, and what limits the answer below them")
    func lines() throws {
        var recording = Recording()
        let samples = (0..<600).map { Sample(at: Self.start + $0 * 1000, (200..<260).contains($0) ? .lost : .answered(12_000)) }
        recording.add(Self.page(0, 600_000, samples))
        var probe = ProbeSettings()
        probe.targets = [.address(IPv4Address(bits: 0x0101_0101))]
        let wan = WANSettings(
            name: try #require(WANName("telkom")), interface: try #require(InterfaceName("eth0")), metric: 1, isMetered: true, number: 1,
            probe: probe)
        let settings = Settings(lan: [], wans: [wan])
        let answer = ReplayAnswer(
            from: wireTime(milliseconds: Self.start), until: wireTime(milliseconds: Self.start + 600_000), recordedSeconds: 600,
            replays: ["old.yaml", "new.yaml"].map { ReplayResult($0, Replay(settings, in: recording)) }, notes: ["A note."])
        #expect(answer.replays.map(\.offlineSeconds) == [60, 60] && answer.replays.map(\.unavoidableSeconds) == [60, 60])
        #expect(answer.from == "2026-11-02T12:00:00.000Z")
        let lines = answer.lines
        #expect(lines[0].hasSuffix(", of which 10 min are recorded."))
        #expect(lines[2].split(separator: " ") == ["old.yaml", "new.yaml"])
        #expect(lines.contains("without Internet        1 min     1 min"))
        #expect(lines.contains("by a metered WAN        10 min    10 min"))
        #expect(lines.suffix(2) == ["", "A note."])
    }
}
