import ControlProtocol
import HistoryProtocol
import Model
import Varlink

/// An outage while it is being put together.
struct OutageRecord: Equatable {
    var wan: String
    var start: Moment
    /// So far.
    var end: Moment
    var startObserved: Bool
    var endObserved = false
    /// At the end of what is known it wasn't over, and somebody is looking.
    var goesOn = false
    var stretches: [Timeline.Stretch] = []
    /// With which it ended: what it measured lies in the outage.
    var ending: Condition?
}

extension Timeline {
    /// If nobody looked for longer than this, nobody knows that it was one outage: a restart of the daemon takes seconds.
    static let longestBlink = 600.0
    /// The window that the figures are of.
    static let window = 30.0

    /// - Parameter goesOnAt: the end of what is known, if somebody is looking now.
    func outages(of wan: String, goesOnAt: Moment?) -> [OutageRecord] {
        var outages: [OutageRecord] = []
        var current: OutageRecord?
        var previous: Stretch?
        for stretch in stretches {
            let isContinuous = previous?.end == stretch.start
            if var outage = current {
                let isOver = stretch.state == .up || stretch.start - outage.end > Self.longestBlink
                if isOver {
                    outage.endObserved = isContinuous
                    if isContinuous { outage.ending = stretch.condition }
                    outages.append(outage)
                    current = nil
                }
            }
            if stretch.state != .up {
                var outage = current ?? OutageRecord(wan: wan, start: stretch.start, end: stretch.end, startObserved: isContinuous)
                outage.end = stretch.end
                outage.stretches.append(stretch)
                current = outage
            }
            previous = stretch
        }
        if var outage = current {
            outage.goesOn = outage.end == goesOnAt
            outages.append(outage)
        }
        return outages
    }
}

extension Outage {
    init(_ record: OutageRecord) {
        let length = { (stretches: [Timeline.Stretch]) in stretches.reduce(0) { $0 + ($1.end - $1.start) } }
        var lengths: [String: Double] = [:]
        var faults: [String] = []
        for stretch in record.stretches {
            guard let fault = stretch.condition.fault else { continue }
            if lengths[fault] == nil { faults.append(fault) }
            lengths[fault, default: 0] += stretch.end - stretch.start
        }
        // The first of those that lasted as long.
        let longest = faults.reduce(nil as String?) { best, fault in lengths[fault] ?? 0 > best.flatMap { lengths[$0] } ?? -1 ? fault : best
        }

        // Figures are of the half minute before them: at first that is the time before the outage. How bad an impaired WAN is was measured.
        let conditions = record.stretches.map(\.condition) + (record.ending.map { [$0] } ?? [])
        let during = conditions.filter { $0.health == "impaired" || $0.time - record.start >= Timeline.window }
        let mean = { (values: [Double]) in values.isEmpty ? nil : hundredths(values.reduce(0, +) / Double(values.count)) }
        let first = record.startObserved ? conditions.first { $0.health != "impaired" && $0.time == record.start } : nil
        self.init {
            $0.wan = record.wan
            $0.start = record.start.text
            $0.end = record.goesOn ? nil : record.end.text
            $0.startObserved = record.startObserved
            $0.endObserved = record.endObserved
            $0.seconds = length(record.stretches)
            $0.impairedSeconds = length(record.stretches.filter { $0.state == .impaired })
            $0.fault = longest.map(Self.fault)
            $0.faults = faults.map(Self.fault)
            $0.relapses = record.stretches.count(where: \.isRelapse)
            $0.lossPercentBefore = first?.lossPercent
            $0.roundTripMillisecondsBefore = first?.roundTripMilliseconds
            $0.lossPercent = mean(during.compactMap(\.lossPercent))
            $0.roundTripMilliseconds = mean(during.compactMap(\.roundTripMilliseconds))
        }
    }

    /// The file has the texts, as the details of events do; one that only a later version knows has no code.
    private static func fault(_ text: String) -> Sentence { Fault(rawValue: text)?.sentence ?? Sentence("", text) }
}
