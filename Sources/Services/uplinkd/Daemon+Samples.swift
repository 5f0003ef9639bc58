import ControlProtocol
import Engine
import Floor
import FoundationEssentials
import Health
import Model

/// The record of what the probes found, for the history.
extension Daemon {
    /// So many at a time: to write them as JSON takes less than a millisecond, and answers wait for this queue. A follower that comes every minute
    /// gets the 250 of the default configuration in one reply.
    private static let mostSamples = 1000

    func samples(_ wanted: SamplesParameters) -> SamplesReply {
        let now = clock.now()
        let excerpt = chronicle.samples.excerpt(after: wanted.after, limit: Self.mostSamples, at: now)
        // By the box's clock as it goes now: one that was set after the start is right for the time before, too.
        let origin = Int64((Date().timeIntervalSince1970 * 1000).rounded()) - now.sinceStart.nanoseconds / 1_000_000
        let wall = { (moment: Instant) in Int(origin + moment.sinceStart.nanoseconds / 1_000_000) }
        return SamplesReply(
            started: wireTime(chronicle.started), last: excerpt.last, from: wall(excerpt.from), until: wall(excerpt.until),
            more: excerpt.isCut,
            series: excerpt.series.map { series in
                var last = 0
                let times = series.times.map { time in
                    defer { last = wall(time) }
                    return wall(time) - last
                }
                return SampleSeries(wan: series.stream.wan, target: series.stream.target, times: times, results: series.codes)
            })
    }
}
