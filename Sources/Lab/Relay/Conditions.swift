/// What the way through a provider is like.
package struct Conditions: Equatable, Sendable {
    /// Each way.
    package var delay: Duration
    /// Up to so much more, evenly distributed.
    package var jitter: Duration
    /// nil: no bursts of loss.
    package var bursts: Bursts?

    /// Everything is lost for `length`, at random moments that are `every` apart on average.
    package struct Bursts: Equatable, Sendable {
        package var length: Duration
        package var every: Duration

        package init(of length: Duration, every: Duration) {
            self.length = length
            self.every = every
        }
    }

    package init(delay: Duration = .zero, jitter: Duration = .zero, bursts: Bursts? = nil) {
        self.delay = delay
        self.jitter = jitter
        self.bursts = bursts
    }

    /// `DELAY JITTER BURST EVERY` in milliseconds; what is left out is 0. A burst of 0 means none.
    package init(line: some StringProtocol) throws {
        let words = line.split(separator: " ")
        let numbers = words.compactMap { Double($0) }.filter { $0.isFinite && (0...600_000).contains($0) }
        guard !words.isEmpty, words.count <= 4, numbers.count == words.count else {
            throw LabError("'\(line)' is not DELAY [JITTER [BURST EVERY]] in milliseconds, each from 0 to 600000")
        }
        let times = (numbers + [0, 0, 0]).map { Duration.nanoseconds(Int64($0 * 1e6)) }
        if numbers.count == 3 || times[2] > .zero && times[3] <= .zero { throw LabError("'\(line)': a burst needs a time between bursts") }
        self.init(delay: times[0], jitter: times[1], bursts: times[2] > .zero ? Bursts(of: times[2], every: times[3]) : nil)
    }

    package var line: String {
        let times = [delay, jitter] + (bursts.map { [$0.length, $0.every] } ?? [])
        return times.map { rounded($0.milliseconds, places: 3) }.joined(separator: " ")
    }
}
