/// What a test has come to. The names in JSON are stable: docs/cli.md has them.
package struct SpeedReport: Equatable, Sendable {
    package var idle: RoundTrips
    package var down: Direction?
    package var up: Direction?
    /// IP bytes both ways, by the kernel's count.
    package var bytesUsed = 0
    package var bytesAllowed: Int
    /// What limits these figures, a sentence each.
    package var notes: [String] = []

    package struct Direction: Equatable, Sendable {
        /// Of the page, without any header.
        package var bytes: Int
        package var seconds: Double
        package var roundTrips: RoundTrips

        package init(bytes: Int, seconds: Double, roundTrips: RoundTrips) {
            self.bytes = bytes
            self.seconds = seconds
            self.roundTrips = roundTrips
        }

        /// nil: over too soon to tell.
        package var megabitsPerSecond: Double? { seconds >= 0.005 ? Double(bytes) * 8 / seconds / 1e6 : nil }
    }

    package init(idle: RoundTrips = RoundTrips(), down: Direction? = nil, up: Direction? = nil, bytesUsed: Int = 0, bytesAllowed: Int) {
        self.idle = idle
        self.down = down
        self.up = up
        self.bytesUsed = bytesUsed
        self.bytesAllowed = bytesAllowed
    }
}

/// How long TCP connections took to open, in milliseconds; nil: one that didn't in time.
package struct RoundTrips: Equatable, Sendable {
    package var all: [Double?]

    package init(_ all: [Double?] = []) { self.all = all }

    private var answered: [Double] { all.compactMap { $0 }.sorted() }
    package var asked: Int { all.count }
    package var lost: Int { all.count - answered.count }
    package var median: Double? { answered.isEmpty ? nil : answered[answered.count / 2] }
    package var minimum: Double? { answered.first }
    package var maximum: Double? { answered.last }
}
