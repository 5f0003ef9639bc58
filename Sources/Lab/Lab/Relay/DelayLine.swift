internal import Glibc

/// Packets that are under way. Pure: time is an argument, and chance a generator.
///
/// They come out in the order in which they went in, whatever the jitter: a real line reorders hardly anything, and a TCP that sees its
/// segments reordered slows down for a reason that isn't the one looked for.
package struct DelayLine<Random: RandomNumberGenerator> {
    package private(set) var conditions: Conditions
    private var random: Random
    private var packets: [(bytes: [UInt8], due: Moment)] = []
    /// Before it everything has been taken out: removing the first of an array moves all the others.
    private var head = 0
    private var burst: (from: Moment, to: Moment)?
    /// When the last packet will have left, at the line's rate.
    private var free = Moment(nanoseconds: 0)
    package private(set) var dropped = 0

    /// Half a second of 100 Mbit/s in full packets; a real line drops what is more, too.
    package static var limit: Int { 4096 }

    package init(conditions: Conditions = .init(), random: Random) {
        self.conditions = conditions
        self.random = random
    }

    package var count: Int { packets.count - head }
    package var deadline: Moment? { head < packets.count ? packets[head].due : nil }

    package mutating func change(_ new: Conditions) {
        conditions = new
        burst = nil
    }

    package mutating func add(_ bytes: [UInt8], at now: Moment) {
        guard count < Self.limit, !isInBurst(now) else {
            dropped += 1
            return
        }
        var leaves = now
        if let rate = conditions.rate {
            leaves = max(now, free) + .nanoseconds(Int64(bytes.count) * 8_000_000 / Int64(max(1, rate)))
            guard leaves - now <= Conditions.queue else {
                dropped += 1
                return
            }
            free = leaves
        }
        var due = leaves + conditions.delay + conditions.jitter * Double.random(in: 0..<1, using: &random)
        if let last = packets.last, count > 0 { due = max(due, last.due) }
        packets.append((bytes, due))
    }

    /// nil: none is due yet.
    package mutating func next(at now: Moment) -> [UInt8]? {
        guard head < packets.count, packets[head].due <= now else { return nil }
        let bytes = packets[head].bytes
        head += 1
        if head == packets.count || head > Self.limit {
            packets.removeFirst(head)
            head = 0
        }
        return bytes
    }

    private mutating func isInBurst(_ now: Moment) -> Bool {
        guard let bursts = conditions.bursts else { return false }
        while true {
            if let burst, now < burst.to { return now >= burst.from }
            // Exponential: the next burst knows nothing of the last one.
            let pause = bursts.every * -log(1 - Double.random(in: 0..<1, using: &random))
            let from = (burst?.to ?? now) + pause
            burst = (from, from + bursts.length)
        }
    }
}
