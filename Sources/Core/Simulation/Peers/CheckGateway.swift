import Model

/// MikroTik RouterOS, default routes with `check-gateway=ping` (RouterOS manual, "routing settings": check-gateway-ping-count, -interval
/// and -timeout with their defaults and ranges), recursive to an address beyond the provider's gateway: without that it finds no silent
/// upstream at all.
///
/// One ping an interval. After `count` of them in a row without an answer within the timeout the route is inactive; the next answer
/// makes it active again. The route with the lowest distance that is active carries the traffic.
struct CheckGateway: Detector {
    struct Settings: Hashable, Sendable {
        /// 100 ms…10 min.
        var interval = Duration.seconds(10)
        /// 1 ms…1 s. No longer than the interval here: what happens otherwise the manual doesn't say.
        var timeout = Duration.seconds(1)
        var count = 2
    }

    static let size = 84

    private let interval: Nanoseconds
    private let timeout: Nanoseconds
    private let count: Int
    private var routes: [Route]

    private struct Route {
        var pingAt: Nanoseconds
        var number: UInt64 = 0
        /// nil: nothing is waited for.
        var lateAt: Nanoseconds?
        var misses = 0

        var deadline: Nanoseconds { min(pingAt, lateAt ?? never) }
    }

    init(_ settings: Settings, random: inout SplitMix64) {
        interval = settings.interval.nanoseconds
        timeout = settings.timeout.nanoseconds
        count = settings.count
        routes = []
        for _ in 0..<2 { routes.append(Route(pingAt: random.time(below: interval))) }
    }

    var deadline: Nanoseconds { min(routes[0].deadline, routes[1].deadline) }
    var selected: Int? { routes[0].misses < count ? 0 : routes[1].misses < count ? 1 : nil }

    mutating func advance(to now: Nanoseconds, _ wire: inout Wire) {
        for wan in routes.indices {
            if let lateAt = routes[wan].lateAt, lateAt <= now {
                routes[wan].lateAt = nil
                routes[wan].misses += 1
            }
            guard routes[wan].pingAt <= now else { continue }
            routes[wan].number += 1
            routes[wan].lateAt = now + timeout
            routes[wan].pingAt += interval
            wire.send(routes[wan].number, by: wan, to: 1, size: Self.size, at: now)
        }
    }

    mutating func answered(_ answer: Wire.Answer, at now: Nanoseconds, _ wire: inout Wire) {
        guard answer.id == routes[answer.wan].number, routes[answer.wan].lateAt != nil else { return }
        routes[answer.wan].lateAt = nil
        routes[answer.wan].misses = 0
    }
}
