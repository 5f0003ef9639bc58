/// How long sessions may stay on a WAN that works but carries new ones no longer, after a failback or by the operator's word.
package struct Drain: Equatable, Sendable {
    /// nil: until they end by themselves. Zero: not at all.
    package var limit: Duration?
    /// What has another limit than the rest. The first that fits a session decides.
    package var classes: [DrainClass]

    /// Where it costs by the byte, a download must not run on for hours.
    package static let meteredLimit: Duration = .seconds(600)

    package init(limit: Duration? = nil, classes: [DrainClass] = []) {
        self.limit = limit
        self.classes = classes
    }
}

extension Drain {
    /// What has to go at the same time.
    package struct Share: Equatable, Sendable {
        package var limit: Duration
        /// With `isRest`: all but these.
        package var classes: [SessionClass]
        package var isRest: Bool

        package init(limit: Duration, classes: [SessionClass], isRest: Bool) {
            self.limit = limit
            self.classes = classes
            self.isRest = isRest
        }
    }

    /// What has to go at some time, the first first. No session is in two of them.
    package var shares: [Share] {
        let limits = Set(classes.compactMap(\.limit) + (limit.map { [$0] } ?? [])).sorted()
        return limits.compactMap { time in
            let isRest = time == limit
            let chosen = distinctClasses.filter { ($0.limit == time) != isRest }.map(\.sessions)
            return chosen.isEmpty && !isRest ? nil : Share(limit: time, classes: chosen, isRest: isRest)
        }
    }

    /// Of each class what no earlier one has: the first that fits a session decides.
    private var distinctClasses: [DrainClass] {
        var distinct: [DrainClass] = []
        for (place, wanted) in classes.enumerated() {
            var left = wanted.sessions.ranges
            for earlier in classes[..<place] where earlier.sessions.transport == wanted.sessions.transport {
                for range in earlier.sessions.ranges { left = left.flatMap { $0.without(range) } }
            }
            guard !left.isEmpty else { continue }
            let ports = left == [SessionClass.allPorts] ? [] : left
            distinct.append(DrainClass(SessionClass(transport: wanted.sessions.transport, ports: ports), limit: wanted.limit))
        }
        return distinct
    }
}

extension SessionClass {
    fileprivate static let allPorts: ClosedRange<UInt16> = 0...UInt16.max
    fileprivate var ranges: [ClosedRange<UInt16>] { ports.isEmpty ? [Self.allPorts] : ports }
}

extension ClosedRange<UInt16> {
    fileprivate func without(_ other: Self) -> [Self] {
        guard overlaps(other) else { return [self] }
        var left: [Self] = []
        if lowerBound < other.lowerBound { left.append(lowerBound...other.lowerBound - 1) }
        if upperBound > other.upperBound { left.append(other.upperBound + 1...upperBound) }
        return left
    }
}

/// Sessions of one kind, by what they were opened to.
package struct DrainClass: Hashable, Sendable {
    package var sessions: SessionClass
    package var limit: Duration?

    package init(_ sessions: SessionClass, limit: Duration?) {
        self.sessions = sessions
        self.limit = limit
    }
}

/// A transport protocol and the ports that a session was opened to.
package struct SessionClass: Hashable, Sendable, Codable {
    /// As in /etc/protocols: 6 is TCP, 17 UDP, 47 GRE, 50 ESP.
    package var transport: UInt8
    /// Empty: all, also where there are no ports.
    package var ports: [ClosedRange<UInt16>]

    package init(transport: UInt8, ports: [ClosedRange<UInt16>] = []) {
        self.transport = transport
        self.ports = ports
    }

    package func contains(transport: UInt8, port: UInt16?) -> Bool {
        guard transport == self.transport else { return false }
        guard !ports.isEmpty else { return true }
        return port.map { port in ports.contains { $0.contains(port) } } ?? false
    }
}
