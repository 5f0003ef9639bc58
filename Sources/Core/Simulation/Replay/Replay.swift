package import Model
import Samples

/// What a configuration would have done in a recorded world.
package struct Replay: Equatable, Sendable {
    package struct WAN: Equatable, Sendable {
        package var name: WANName
        package var isMetered: Bool
        /// How long new sessions went by it.
        package var carried: Milliseconds
        package var probes: Int
        /// IP bytes of its probes, both ways.
        package var bytes: Int
    }

    package struct Switch: Equatable, Sendable {
        package var at: Milliseconds
        package var from: WANName
        package var to: WANName
        package var isFailover: Bool
    }

    package private(set) var switches: [Switch] = []
    package private(set) var wans: [WAN] = []
    /// How long the selected WAN led nowhere, by the record.
    package private(set) var offline: Milliseconds = 0
    /// How much of that no WAN led anywhere.
    package private(set) var unavoidable: Milliseconds = 0
    package private(set) var damagedBlocks: Int

    package var failovers: Int { switches.count { $0.isFailover } }
    package var failbacks: Int { switches.count - failovers }
    package var onMetered: Milliseconds { wans.filter(\.isMetered).reduce(0) { $0 + $1.carried } }
    package var bytes: Int { wans.reduce(0) { $0 + $1.bytes } }

    /// - Parameter recording: has at least one span.
    package init(_ settings: Settings, in recording: Recording, progress: (Double) -> Void = { _ in }) {
        let isKnown = { (name: WANName) in !recording.evidence(of: name.description).isEmpty }
        var rerun = Rerun(settings, in: RecordedWorld(recording, for: settings), known: isKnown)
        rerun.go(until: recording.length * 1_000_000, progress: progress)
        damagedBlocks = rerun.world.damaged
        // Where nothing is known of a WAN, nobody can say that it leads anywhere.
        let outages = settings.wans.map {
            isKnown($0.name) ? Outages.find($0.name.description, in: recording) : recording.spans
        }
        let everywhere = outages.dropFirst().reduce(outages.first ?? []) { Outages.common($0, $1) }
        var carried = settings.wans.map { _ in Milliseconds(0) }
        let end = recording.spans.last?.upperBound ?? 0
        for (index, selected) in rerun.selected.enumerated() {
            let upTo = index + 1 < rerun.selected.count ? rerun.selected[index + 1].from : end
            guard selected.from < upTo else { continue }
            let time = selected.from..<upTo
            carried[selected.wan] += Outages.overlap(recording.spans, with: time)
            offline += Outages.overlap(outages[selected.wan], with: time)
            unavoidable += Outages.overlap(everywhere, with: time)
        }
        switches = zip(rerun.selected, rerun.selected.dropFirst()).map { old, new in
            Switch(
                at: new.from, from: settings.wans[old.wan].name, to: settings.wans[new.wan].name, isFailover: new.wan > old.wan)
        }
        wans = settings.wans.enumerated().map { place, wan in
            WAN(
                name: wan.name, isMetered: wan.isMetered, carried: carried[place], probes: rerun.costs[place].probes,
                bytes: rerun.costs[place].bytes)
        }
    }
}

extension Replay {
    /// What limits the word of a replay with these settings, a sentence each.
    package static func notes(_ settings: Settings, _ recording: Recording) -> [String] {
        settings.wans.flatMap { wan -> [String] in
            let own = recording.streams.filter { $0.wan == wan.name.description }
            guard !own.isEmpty else { return ["\(wan.name) isn't in the record: it is taken for a WAN that was never there."] }
            return newTargets(wan, own) + finer(wan, own, recording.length)
        }
    }

    private static func newTargets(_ wan: WANSettings, _ own: [Recording.Stream]) -> [String] {
        let unknown = wan.probe.targets.map(\.description).filter { target in !own.contains { $0.target == target } }
        guard !unknown.isEmpty else { return [] }
        return [
            "\(unknown.joined(separator: ", ")) \(unknown.count == 1 ? "wasn't" : "weren't") asked by \(wan.name) then: "
                + "taken to answer as its other targets beyond the gateway did."
        ]
    }

    /// The record has fewer probes than these settings would send.
    private static func finer(_ wan: WANSettings, _ own: [Recording.Stream], _ length: Milliseconds) -> [String] {
        let coarse = wan.probe.targets.contains { target in
            guard let stream = own.first(where: { $0.target == target.description }) else { return false }
            let count = stream.blocks.reduce(0) { $0 + ((try? SampleBlock.Reader($1).count) ?? 0) }
            let asked = wan.probe.interval(of: target).inSeconds * wan.probe.factor(isResting: wan.isMetered)
            return Double(length) / 1000 > asked * 1.5 * Double(max(count, 1))
        }
        guard coarse else { return [] }
        return [
            "\(wan.name) would be asked more often than it was: between two recorded probes nothing is known, and each stands for "
                + "all of that time."
        ]
    }
}
