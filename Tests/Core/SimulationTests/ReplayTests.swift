import Model
import Samples
import Testing

@testable import Simulation

@Suite("A record is replayed")
struct ReplayTests {
    @Test("the configuration that was in force switches as often again, and at the same moments", arguments: [1, 2] as [UInt64])
    func same(seed: UInt64) throws {
        let settings = OfficeRecorder.settings()
        let recorder = OfficeRecorder(settings, OfficeRecorder.bad, seed: seed)
        let recorded = recorder.run(for: .seconds(3600))
        let replay = Replay(settings, in: recorded.recording)
        #expect(recorded.switches.count >= 4)
        #expect(replay.switches.count == recorded.switches.count)
        for (was, now) in zip(recorded.switches, replay.switches) { #expect(abs(was - now.at) < 1500) }
        #expect(replay.damagedBlocks == 0)
    }

    @Test("a configuration that waits longer is offline longer, and one without a hold switches more often")
    func different() throws {
        let settings = OfficeRecorder.settings()
        let recording = OfficeRecorder(settings, OfficeRecorder.bad, seed: 4).run(for: .seconds(3600)).recording
        let before = Replay(settings, in: recording)
        let slow = Replay(OfficeRecorder.settings { $0.interval = .seconds(20) }, in: recording)
        #expect(slow.offline > before.offline * 2)
        let eager = Replay(OfficeRecorder.settings(minimumStay: .zero) { $0.hold = .zero }, in: recording)
        #expect(eager.switches.count >= before.switches.count)
        #expect(eager.onMetered < before.onMetered)
        #expect(before.unavoidable <= before.offline)
        #expect(before.failovers - before.failbacks <= 1)
    }

    @Test(
        "time offline is what the record has: from the fault to the switch where there is another WAN, the whole of it where there is none")
    func offline() throws {
        let settings = OfficeRecorder.settings()
        var world = World()
        world.wans[0].silence = .square(period: .seconds(1200), from: .seconds(600))
        let recording = OfficeRecorder(settings, world, seed: 5).run(for: .seconds(3600)).recording
        // Silent from 1200 to 1800, and from 2400 to 3000: two failovers, each in about half a second.
        let both = Replay(settings, in: recording)
        #expect(both.failovers == 2)
        #expect((600...2600).contains(both.offline))
        #expect(both.unavoidable == 0)
        let alone = Replay(Settings(lan: [], wans: [settings.wans[0]]), in: recording)
        #expect(alone.switches.isEmpty)
        #expect((1_195_000...1_205_000).contains(alone.offline))
        #expect(alone.unavoidable == alone.offline)
        // The metered WAN carries for as long as the other is silent, and some 10 s and 20 s of hold.
        #expect((1_200_000...1_260_000).contains(both.onMetered))
    }

    @Test("what wasn't recorded is skipped: the faults in it are none, and its time isn't counted")
    func gaps() throws {
        let settings = OfficeRecorder.settings()
        var world = World()
        world.wans[0].silence = .square(period: .seconds(1200), from: .seconds(600))
        var recording = OfficeRecorder(settings, world, seed: 5).run(for: .seconds(3600)).recording
        let start = try #require(recording.spans.first).lowerBound
        recording.spans = [start..<start + 1_100_000, start + 1_900_000..<start + 3_600_000]
        let replay = Replay(settings, in: recording)
        #expect(replay.failovers == 1)
        #expect(replay.wans.reduce(0) { $0 + $1.carried } == 2_800_000)
    }

    @Test("a new target answers as the others did, and the notes say so; an unknown WAN was never there")
    func unknown() throws {
        let settings = OfficeRecorder.settings()
        let recording = OfficeRecorder(settings, OfficeRecorder.bad, seed: 6).run(for: .seconds(1800)).recording
        let other = OfficeRecorder.settings { $0.targets[1] = .address(IPv4Address(bits: 0x0808_0404)) }
        #expect(Replay.notes(settings, recording) == [])
        #expect(Replay.notes(other, recording).contains { $0.hasPrefix("8.8.4.4 wasn't asked by telkom then") })
        let (before, after) = (Replay(settings, in: recording), Replay(other, in: recording))
        #expect(abs(before.switches.count - after.switches.count) <= 2)
        let fast = OfficeRecorder.settings { $0.interval = .milliseconds(100) }
        #expect(Replay.notes(fast, recording).contains { $0.hasPrefix("telkom would be asked more often than it was") })
        var third = settings
        third.wans.append(
            WANSettings(
                name: try #require(WANName("starlink")), interface: try #require(InterfaceName("eth9")), metric: 3, number: 3))
        #expect(Replay.notes(third, recording).contains { $0.hasPrefix("starlink isn't in the record") })
        #expect(Replay(third, in: recording).wans.last?.carried == 0)
    }

    @Test("a pulled cable is a fault from that moment on")
    func cable() throws {
        let settings = OfficeRecorder.settings()
        var recording = OfficeRecorder(settings, World(), seed: 7).run(for: .seconds(1800)).recording
        let start = try #require(recording.spans.first).lowerBound
        recording.links += [
            .init(at: start + 600_000, wan: "telkom", state: .noCarrier), .init(at: start + 900_000, wan: "telkom", state: .ready),
        ]
        let replay = Replay(settings, in: recording)
        #expect(replay.switches.map(\.isFailover) == [true, false])
        #expect(replay.switches.first?.at == start + 600_000)
        #expect((900_000...930_000).contains(try #require(replay.switches.last).at - start))
    }

    @Test("a damaged block is passed over and counted")
    func damaged() throws {
        let settings = OfficeRecorder.settings()
        var recording = OfficeRecorder(settings, World(), seed: 8).run(for: .seconds(1800)).recording
        recording.streams[1].blocks[0] = [9, 9, 9]
        let replay = Replay(settings, in: recording)
        #expect(replay.damagedBlocks == 1)
        #expect(replay.switches.isEmpty)
    }
}
