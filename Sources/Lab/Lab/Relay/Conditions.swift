/// What the way through a provider is like.
package struct Conditions: Equatable, Sendable {
    /// Each way.
    package var delay: Duration
    /// Up to so much more, evenly distributed.
    package var jitter: Duration
    /// nil: no bursts of loss.
    package var bursts: Bursts?
    /// In kbit/s, both ways together; nil: as much as the machine can. What waits longer than `queue` is lost.
    package var rate: Int?

    /// A modem's buffer. A large one is what makes a busy line slow for everybody.
    package static let queue = Duration.milliseconds(250)

    /// Everything is lost for `length`, at random moments that are `every` apart on average.
    package struct Bursts: Equatable, Sendable {
        package var length: Duration
        package var every: Duration

        package init(of length: Duration, every: Duration) {
            self.length = length
            self.every = every
        }
    }

    package init(delay: Duration = .zero, jitter: Duration = .zero, bursts: Bursts? = nil, rate: Int? = nil) {
        self.delay = delay
        self.jitter = jitter
        self.bursts = bursts
        self.rate = rate
    }

    /// `DELAY JITTER BURST EVERY` in milliseconds, `RATE` in kbit/s; what is left out is 0. A burst or a rate of 0 means none.
    package init(line: some StringProtocol) throws {
        let words = line.split(separator: " ")
        let numbers = words.compactMap { Double($0) }.filter { $0.isFinite && (0...600_000).contains($0) }
        guard !words.isEmpty, words.count <= 5, numbers.count == words.count else {
            throw LabError("'\(line)' is not DELAY [JITTER [BURST EVERY [RATE]]] in milliseconds and kbit/s, each from 0 to 600000")
        }
        let times = (numbers + [0, 0, 0, 0]).map { Duration.nanoseconds(Int64($0 * 1e6)) }
        if numbers.count == 3 || times[2] > .zero && times[3] <= .zero { throw LabError("'\(line)': a burst needs a time between bursts") }
        self.init(
            delay: times[0], jitter: times[1], bursts: times[2] > .zero ? Bursts(of: times[2], every: times[3]) : nil,
            rate: numbers.count == 5 && numbers[4] >= 1 ? Int(numbers[4]) : nil)
    }

    package var line: String {
        let times = [delay, jitter] + (bursts.map { [$0.length, $0.every] } ?? (rate == nil ? [] : [.zero, .zero]))
        return times.map { rounded($0.milliseconds, places: 3) }.joined(separator: " ") + (rate.map { " \($0)" } ?? "")
    }
}
