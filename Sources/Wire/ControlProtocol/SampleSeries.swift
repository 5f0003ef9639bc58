import Varlink

/// What became of the probes to one target by one WAN, or of the WAN's interface: `type SampleSeries`.
package struct SampleSeries: Codable, Equatable, Sendable {
    package var wan: String
    /// As configured. nil: it is about the WAN's interface.
    package var target: String?
    /// In milliseconds: the first since 1970, each of the others since the one before it.
    package var times: [Int]
    /// Of probes: the round trip in microseconds, or -1 lost, -2 unreachable, -3 refused, -4 wrong DNS, -5 portal, -6 wrong HTTP, -7 failed program.
    /// Of interfaces, from then on: 0 ready, 1 without a gateway, 2 without carrier, 3 absent.
    package var results: [Int]

    package init(wan: String, target: String?, times: [Int], results: [Int]) {
        self.wan = wan
        self.target = target
        self.times = times
        self.results = results
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case wan, target, times, results }
}

package struct SamplesParameters: CallParameters {
    /// nil: from the oldest that there is.
    package var after: Int?

    package static let known = ["after"]
    package init(after: Int? = nil) { self.after = after }
}

package struct SamplesReply: Codable, Equatable, Sendable {
    /// When the daemon started. Another one than before: the numbers have begun anew.
    package var started: String
    /// The number of the last sample in here; what to ask for after it.
    package var last: Int
    /// All that happened from then until then is in here, in milliseconds since 1970 by the box's clock as it goes now.
    package var from: Int
    package var until: Int
    /// There is more to be asked for at once.
    package var more: Bool
    package var series: [SampleSeries]

    package init(started: String, last: Int, from: Int, until: Int, more: Bool, series: [SampleSeries]) {
        self.started = started
        self.last = last
        self.from = from
        self.until = until
        self.more = more
        self.series = series
    }
}
