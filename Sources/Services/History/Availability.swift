import HistoryProtocol
import Varlink

/// A time to sum up: a day, a month, or all that was asked for.
package struct Period: Equatable, Sendable {
    package var name: String
    package var start: Moment
    package var end: Moment

    package init(name: String, start: Moment, end: Moment) {
        self.name = name
        self.start = start
        self.end = end
    }
}

extension WANAvailability {
    init(of wan: String, in period: Period, _ timeline: Timeline, outages: [OutageRecord], switches: [Moment]) {
        var lengths: (up: Double, impaired: Double, down: Double) = (0, 0, 0)
        for stretch in timeline.stretches {
            let length = max(0, min(stretch.end, period.end) - max(stretch.start, period.start))
            switch stretch.state {
            case .up: lengths.up += length
            case .impaired: lengths.impaired += length
            case .down: lengths.down += length
            }
        }
        let observed = lengths.up + lengths.impaired + lengths.down
        self.init {
            $0.wan = wan
            $0.period = period.name
            $0.start = period.start.text
            $0.end = period.end.text
            $0.observedSeconds = observed
            $0.upSeconds = lengths.up
            $0.impairedSeconds = lengths.impaired
            $0.downSeconds = lengths.down
            // Four digits: a minute in a year is 0.0002 %. Rounded down, since 100 % is a claim.
            $0.upPercent = observed > 0 ? (lengths.up / observed * 1e6).rounded(.down) / 1e4 : nil
            $0.outages = outages.count {
                $0.start < period.end && ($0.end > period.start || $0.end == $0.start && $0.start >= period.start)
            }
            $0.switches = switches.count { $0 >= period.start && $0 < period.end }
        }
    }
}
