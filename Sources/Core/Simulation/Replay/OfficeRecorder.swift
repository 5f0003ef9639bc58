import Health
package import Model
import Samples
import Selection

/// Runs the judgement in a synthetic world as the daemon would, with the daemon's own log of samples and the history's blocks.
package struct OfficeRecorder {
    package struct Recorded {
        package var recording: Recording
        /// When new sessions went elsewhere.
        package var switches: [Milliseconds] = []
    }

    private static let origin: Milliseconds = 1_795_000_000_000
    private let settings: Settings
    private var internet: Internet
    private var judgement = Judgement(at: .start)
    private var log: SampleLog
    private var underWay: [(at: Instant, id: ProbeID, roundTrip: Duration)] = []

    package init(_ settings: Settings, _ world: World, seed: UInt64) {
        self.settings = settings
        internet = Internet(world, seed: seed)
        log = SampleLog(settings)
        judgement.configure(settings, at: .start)
        for place in settings.wans.indices {
            judgement.observe(place, .ready(interfaceIndex: UInt32(place), gateway: .v4(IPv4Address(bits: 0))), at: .start)
            log.observe(settings.wans[place].name, .ready, at: .start)
        }
    }

    package func run(for time: Duration) -> Recorded {
        var copy = self
        return copy.go(for: time)
    }

    private mutating func go(for time: Duration) -> Recorded {
        let end = Instant.start + time
        var now = Instant.start
        var recorded = Recorded(recording: Recording())
        var samples: [SampleLog.Stream: [Sample]] = [:]
        var last: Int?
        var selected: WANName?
        func drain(_ log: inout SampleLog, at moment: Instant) {
            while true {
                let excerpt = log.excerpt(after: last, limit: 1000, at: moment)
                last = excerpt.last
                for series in excerpt.series {
                    for (at, code) in zip(series.times, series.codes) {
                        let at = Self.origin + at.sinceStart.nanoseconds / 1_000_000
                        if series.stream.target == nil {
                            if let state = LinkState(rawValue: code) {
                                recorded.recording.links.append(.init(at: at, wan: series.stream.wan, state: state))
                            }
                        } else if let result = SampleResult(code: code) {
                            samples[series.stream, default: []].append(Sample(at: at, result))
                        }
                    }
                }
                if !excerpt.isCut { return }
            }
        }
        var drainAt = Instant.start + .seconds(60)
        while true {
            judge(at: now)
            if judgement.selection.wan != selected, let wan = judgement.selection.wan {
                if selected != nil { recorded.switches.append(Self.origin + now.sinceStart.nanoseconds / 1_000_000) }
                selected = wan
            }
            guard let deadline = judgement.deadline else { break }
            now = max(now, min(deadline, underWay.last?.at ?? deadline))
            if now > end { break }
            if now >= drainAt {
                drain(&log, at: now)
                drainAt = now + .seconds(60)
            }
            if let answer = underWay.last, answer.at <= now {
                underWay.removeLast()
                let outcome = ProbeOutcome.answered(seconds: answer.roundTrip.inSeconds)
                judgement.take(answer.id, outcome, at: now)
                log.ended(answer.id, outcome)
            }
        }
        drain(&log, at: end + .seconds(3600))
        for (stream, samples) in samples {
            // Hour by hour, as the history packs them.
            let hours = Dictionary(grouping: samples) { $0.at / 3_600_000 }
            let blocks = hours.sorted { $0.key < $1.key }.map { SampleBlock.encode($0.value) }
            recorded.recording.streams.append(.init(wan: stream.wan, target: stream.target ?? "", blocks: blocks))
        }
        recorded.recording.streams.sort { ($0.wan, $0.target) < ($1.wan, $1.target) }
        recorded.recording.spans = [Self.origin..<Self.origin + time.nanoseconds / 1_000_000]
        return recorded
    }

    private mutating func judge(at now: Instant) {
        judgement.advance(to: now)
        _ = judgement.takeChanges()
        for request in judgement.takeRequests().requests {
            log.sent(request, at: now)
            guard case .target(let place, let number) = request.id.owner,
                let wan = settings.wans.firstIndex(where: { $0.number == number }),
                let roundTrip = internet.roundTrip(by: wan, to: place, at: now.sinceStart.nanoseconds)
            else { continue }
            let answer = (at: now + .nanoseconds(roundTrip), id: request.id, roundTrip: Duration.nanoseconds(roundTrip))
            let index = underWay.lastIndex { $0.at > answer.at }.map { $0 + 1 } ?? 0
            underWay.insert(answer, at: index)
        }
    }
}

// The shipped configuration, and the worlds in which it is recorded.
extension OfficeRecorder {
    /// etc/uplinkd/uplinkd.yaml: a first choice at the full pace, and a metered WAN that is asked every 30 s while it stands by.
    package static func settings(
        minimumStay: Duration = Settings.defaultMinimumStay, change: (inout ProbeSettings) -> Void = { _ in }
    ) -> Settings {
        var probe = ProbeSettings()
        change(&probe)
        let wans = [("telkom", "eth0", false), ("smartfren", "usb0", true)].enumerated().compactMap { index, wan -> WANSettings? in
            guard let name = WANName(wan.0), let interface = InterfaceName(wan.1) else { return nil }
            return WANSettings(
                name: name, interface: interface, metric: UInt32(index + 1), isMetered: wan.2, number: index + 1, probe: probe)
        }
        return Settings(lan: [], wans: wans, minimumStay: minimumStay)
    }

    /// Noise on both, some loss, a burst every ten minutes, and the first choice silent for two minutes in two hours.
    package static var usual: World {
        var world = World(
            primary: WANWorld(latency: .milliseconds(18), jitter: .milliseconds(2)),
            backup: WANWorld(latency: .milliseconds(45), jitter: .milliseconds(12)))
        world.wans[0].loss = 0.002
        world.wans[1].loss = 0.005
        world.wans[0].bursts = .init(meanGood: .seconds(600), meanBad: .milliseconds(800), lossInBad: 0.9)
        world.wans[0].silence = .square(period: .seconds(240), from: .seconds(6960))
        return world
    }

    /// Noise and loss on both, bursts in which nearly all is lost, and the first choice silent for ten minutes of every twenty.
    package static var bad: World {
        var world = World(
            primary: WANWorld(latency: .milliseconds(18), jitter: .milliseconds(6)),
            backup: WANWorld(latency: .milliseconds(45), jitter: .milliseconds(25)))
        world.wans[0].loss = 0.005
        world.wans[1].loss = 0.01
        world.wans[0].bursts = .init(meanGood: .seconds(300), meanBad: .milliseconds(800), lossInBad: 0.9)
        world.wans[0].silence = .square(period: .seconds(1200), from: .seconds(300))
        return world
    }
}
