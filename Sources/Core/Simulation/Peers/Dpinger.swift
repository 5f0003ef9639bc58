import Model

/// dpinger 3.5 (dennypage/dpinger, dpinger.c and NOTES.md), by default as pfSense starts it (src/etc/inc/gwlb.inc).
///
/// Echo requests at an even pace to one address, in a ring of `timePeriod` / `sendInterval` slots. At each check a request without an
/// answer counts as lost if it is older than the loss interval; an answer that comes later makes it good again. Too much loss or latency
/// over the ring is an alarm at once, and it is cleared after the hold. A gateway with an alarm is out of its group; the next tier takes
/// over.
struct Dpinger: Detector {
    struct Settings: Hashable, Sendable {
        var sendInterval = Duration.milliseconds(500)
        var lossInterval = Duration.seconds(2)
        var timePeriod = Duration.seconds(60)
        var alertInterval = Duration.seconds(1)
        /// Percent; above this it is an alarm.
        var loss = 20
        var latency = Duration.milliseconds(500)
        /// dpinger's own default: 10 alert intervals.
        var hold: Duration?

        /// What dpinger itself insists on. pfSense's form wants an alert interval of at least the send interval on top.
        var isAccepted: Bool { timePeriod > sendInterval * 2 + lossInterval && timePeriod / sendInterval <= 65_535 }
    }

    /// One byte of data.
    static let size = 29

    private var monitors: [Monitor]

    init(_ settings: Settings, random: inout SplitMix64) {
        monitors = [0, 1].map { Monitor(settings, wan: $0, &random) }
    }

    var deadline: Nanoseconds { min(monitors[0].deadline, monitors[1].deadline) }
    var selected: Int? { !monitors[0].hasAlarm ? 0 : !monitors[1].hasAlarm ? 1 : nil }

    mutating func advance(to now: Nanoseconds, _ wire: inout Wire) {
        for wan in monitors.indices where monitors[wan].deadline <= now { monitors[wan].wake(at: now, &wire) }
    }

    mutating func answered(_ answer: Wire.Answer, at now: Nanoseconds, _ wire: inout Wire) {
        monitors[answer.wan].answered(Int(answer.id), after: answer.roundTrip)
    }
}

private struct Monitor {
    private let wan: Int
    private let sendInterval: Nanoseconds
    private let lossInterval: Nanoseconds
    private let alertInterval: Nanoseconds
    private let latencyLimit: Nanoseconds
    private let lossLimit: Int
    private let holdPeriods: Int
    private var sendAt: Nanoseconds
    private var alertAt: Nanoseconds
    private var lossDecay = 0
    private var latencyDecay = 0

    /// The ring: request n is in slot n % size.
    private var sentAt: [Nanoseconds]
    /// nil: no answer so far.
    private var latency: [Nanoseconds?]
    private var sent = 0
    /// The requests before this one are older than the loss interval.
    private var ripe = 0
    // Sums over the ring, kept up to date: dpinger walks it at every check, which comes to the same.
    private var received = 0
    private var totalLatency: Nanoseconds = 0
    private var lost = 0

    init(_ settings: Dpinger.Settings, wan: Int, _ random: inout SplitMix64) {
        self.wan = wan
        sendInterval = settings.sendInterval.nanoseconds
        lossInterval = settings.lossInterval.nanoseconds
        alertInterval = settings.alertInterval.nanoseconds
        latencyLimit = settings.latency.nanoseconds
        lossLimit = settings.loss
        let hold = settings.hold?.nanoseconds ?? alertInterval * 10
        holdPeriods = Int((hold + alertInterval - 1) / alertInterval)
        sendAt = random.time(below: sendInterval)
        // Two threads that sleep: how they stand to one another is anybody's guess.
        alertAt = random.time(below: alertInterval)
        let slots = Int(settings.timePeriod.nanoseconds / sendInterval)
        sentAt = Array(repeating: 0, count: slots)
        latency = Array(repeating: nil, count: slots)
    }

    var deadline: Nanoseconds { min(sendAt, alertAt) }
    var hasAlarm: Bool { lossDecay > 0 || latencyDecay > 0 }

    mutating func wake(at now: Nanoseconds, _ wire: inout Wire) {
        if sendAt <= now { send(at: now, &wire) }
        if alertAt <= now { check(at: now) }
    }

    private mutating func send(at now: Nanoseconds, _ wire: inout Wire) {
        let slot = sent % sentAt.count
        if sent >= sentAt.count {
            ripen(at: now)
            if let old = latency[slot] {
                received -= 1
                totalLatency -= old
            } else if sent - sentAt.count < ripe {
                lost -= 1
            }
        }
        sentAt[slot] = now
        latency[slot] = nil
        wire.send(UInt64(sent), by: wan, to: 1, size: Dpinger.size, at: now)
        sent += 1
        sendAt += sendInterval
    }

    mutating func answered(_ number: Int, after roundTrip: Nanoseconds) {
        let slot = number % sentAt.count
        guard sent - number <= sentAt.count, latency[slot] == nil else { return }
        latency[slot] = roundTrip
        received += 1
        totalLatency += roundTrip
        if number < ripe { lost -= 1 }
    }

    private mutating func ripen(at now: Nanoseconds) {
        while ripe < sent, now - sentAt[ripe % sentAt.count] > lossInterval {
            if latency[ripe % sentAt.count] == nil { lost += 1 }
            ripe += 1
        }
    }

    private mutating func check(at now: Nanoseconds) {
        alertAt += alertInterval
        ripen(at: now)
        let mean = received > 0 ? totalLatency / Nanoseconds(received) : 0
        let percent = lost > 0 ? lost * 100 / (received + lost) : 0
        if mean > latencyLimit { latencyDecay = holdPeriods } else if latencyDecay > 0 { latencyDecay -= 1 }
        if percent > lossLimit { lossDecay = holdPeriods } else if lossDecay > 0 { lossDecay -= 1 }
    }
}
