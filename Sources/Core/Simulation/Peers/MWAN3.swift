import Model

/// OpenWrt's mwan3, after `mwan3track` (openwrt/packages, net/mwan3/files/usr/sbin/mwan3track, with its defaults).
///
/// One shell script per WAN. A round pings the tracked addresses one after the other, until `reliability` of them have answered. The
/// score begins at `down` + `up`; a bad round takes one off, and at `up` the WAN is offline, its score 0. Then a good round adds one, and
/// at `up` it is online. A good round while online restores the full score. Between rounds the script sleeps.
struct MWAN3: Detector {
    struct Settings: Hashable, Sendable {
        var addresses = 4
        /// 2 for the first WAN in the configuration that the package ships.
        var reliability = 2
        var count = 1
        /// All of them in whole seconds: `ping -W` and `sleep` in a busybox.
        var timeout = 4
        var interval = 10
        /// Between rounds while it is losing score. The package's default is `interval`.
        var failureInterval: Int?
        var down = 5
        var up = 5
    }

    /// 56 bytes of data, as the script asks for.
    static let size = 84

    private var trackers: [Tracker]

    init(_ settings: Settings, random: inout SplitMix64) {
        trackers = [0, 1].map { Tracker(settings, wan: $0, startsAt: random.time(below: .seconds(settings.interval))) }
    }

    var deadline: Nanoseconds { min(trackers[0].wakeAt, trackers[1].wakeAt) }
    var selected: Int? { trackers[0].isOnline ? 0 : trackers[1].isOnline ? 1 : nil }

    mutating func advance(to now: Nanoseconds, _ wire: inout Wire) {
        for wan in trackers.indices where trackers[wan].wakeAt <= now { trackers[wan].wake(at: now, &wire) }
    }

    mutating func answered(_ answer: Wire.Answer, at now: Nanoseconds, _ wire: inout Wire) {
        trackers[answer.wan].answered(answer.id, at: now, &wire)
    }
}

private struct Tracker {
    let settings: MWAN3.Settings
    let wan: Int
    var wakeAt: Nanoseconds
    var isOnline = true
    private var score: Int
    /// nil: it sleeps.
    private var ping: Ping?
    private var hostsUp = 0
    /// The number of the `ping` that runs; answers to another one come too late.
    private var number: UInt64 = 0

    private struct Ping {
        var address: Int
        var sent = 0
        var answers = 0
    }

    init(_ settings: MWAN3.Settings, wan: Int, startsAt: Nanoseconds) {
        self.settings = settings
        self.wan = wan
        wakeAt = startsAt
        score = settings.down + settings.up
    }

    mutating func wake(at now: Nanoseconds, _ wire: inout Wire) {
        guard let ping else {
            hostsUp = 0
            return start(1, at: now, &wire)
        }
        if ping.sent < settings.count { send(at: now, &wire) } else { finish(isUp: ping.answers > 0, at: now, &wire) }
    }

    mutating func answered(_ id: UInt64, at now: Nanoseconds, _ wire: inout Wire) {
        guard id == number, ping != nil else { return }
        ping?.answers += 1
        if ping?.answers == settings.count { finish(isUp: true, at: now, &wire) }
    }

    private mutating func start(_ address: Int, at now: Nanoseconds, _ wire: inout Wire) {
        number += 1
        ping = Ping(address: address)
        send(at: now, &wire)
    }

    private mutating func send(at now: Nanoseconds, _ wire: inout Wire) {
        guard var ping else { return }
        wire.send(number, by: wan, to: ping.address, size: MWAN3.size, at: now)
        ping.sent += 1
        self.ping = ping
        // ping sends once a second, and waits for `timeout` after the last.
        wakeAt = now + .seconds(ping.sent < settings.count ? 1 : settings.timeout)
    }

    private mutating func finish(isUp: Bool, at now: Nanoseconds, _ wire: inout Wire) {
        if isUp { hostsUp += 1 }
        let address = (ping?.address ?? 0) + 1
        if hostsUp < settings.reliability, address <= settings.addresses { return start(address, at: now, &wire) }
        ping = nil
        wakeAt = now + .seconds(endRound(isGood: hostsUp >= settings.reliability))
    }

    /// Returns how long it sleeps, in seconds.
    private mutating func endRound(isGood: Bool) -> Int {
        if isGood {
            score += 1
            if score >= settings.up { isOnline = true }
            if score > settings.up { score = settings.down + settings.up }
            return settings.interval
        }
        score -= 1
        if score == settings.up {
            isOnline = false
            score = 0
            return settings.failureInterval ?? settings.interval
        }
        if score < settings.up {
            score = 0
            return settings.interval
        }
        return settings.failureInterval ?? settings.interval
    }
}
