/// What a route says of its packets besides where they go: `mtu 1400 advmss 1360`, RTAX_… in linux/rtnetlink.h. To us none of it means
/// anything; a route of ours has what the learned one has.
///
/// As text they are the words of `ip route` with the kernel's own numbers, which that takes as well: `rtt 800` are 100 ms.
package struct RouteMetrics: Hashable, Sendable {
    /// By the kernel's numbers, the locks among them (RTAX_LOCK): a bit for each metric that the path may not change.
    private var values: [Int: UInt32] = [:]
    /// The way that TCP avoids congestion (RTAX_CC_ALGO).
    private var congestion: String?

    private static let lock = 1
    private static let features = 12
    private static let congestionControl = 16
    /// nil: none that we know. What a newer kernel has besides isn't kept.
    private static let names: [String?] = [
        nil, nil, "mtu", "window", "rtt", "rttvar", "ssthresh", "cwnd", "advmss", "reordering", "hoplimit", "initcwnd", "features",
        "rto_min",
        "initrwnd", "quickack", "congctl", "fastopen_no_cookie",
    ]

    package init() {}

    package var isEmpty: Bool { values.isEmpty && congestion == nil }

    /// The kernel's number, and the value.
    package var numbers: [(number: Int, value: UInt32)] { values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    package var congestionAlgorithm: (number: Int, name: String)? { congestion.map { (Self.congestionControl, $0) } }

    /// - Parameter number: the kernel's.
    package mutating func set(_ number: Int, to value: UInt32) {
        guard number == Self.lock || number != Self.congestionControl && Self.isKnown(number) else { return }
        values[number] = value == 0 ? nil : value
    }

    private static func isKnown(_ number: Int) -> Bool { names.indices.contains(number) && names[number] != nil }
    package static func isCongestionControl(_ number: Int) -> Bool { number == congestionControl }

    /// Anything but a plain word is none: it ends up in commands that people read.
    package mutating func setCongestionAlgorithm(_ name: String) {
        let isPlain =
            !name.isEmpty && name.utf8.count < 16
            && name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
        congestion = isPlain ? name : nil
    }

    /// Each of them stands in the other, too, with the same value.
    package func isPart(of other: RouteMetrics) -> Bool {
        values.allSatisfy { other.values[$0.key] == $0.value } && (congestion == nil || congestion == other.congestion)
    }

    var words: [String] {
        Self.names.enumerated().flatMap { number, name -> [String] in
            guard let name else { return [] }
            let lock = isLocked(number) ? ["lock"] : []
            if number == Self.congestionControl { return congestion.map { [name] + lock + [$0] } ?? [] }
            guard let value = values[number] else { return lock.isEmpty ? [] : [name] + lock + ["0"] }
            return [name] + lock + [number == Self.features && value == 1 ? "ecn" : "\(value)"]
        }
    }

    private func isLocked(_ number: Int) -> Bool { values[Self.lock, default: 0] & (1 << UInt32(number)) != 0 }

    /// Takes what follows the name, if it is one of a metric. nil: that makes no sense.
    mutating func take(_ name: String, from words: inout ArraySlice<String>) -> Bool? {
        guard let number = Self.names.firstIndex(of: name) else { return false }
        guard var word = words.popFirst() else { return nil }
        if word == "lock" {
            values[Self.lock, default: 0] |= 1 << UInt32(number)
            guard let next = words.popFirst() else { return nil }
            word = next
        }
        if number == Self.congestionControl {
            setCongestionAlgorithm(word)
            return congestion == nil ? nil : true
        }
        guard let value = number == Self.features && word == "ecn" ? 1 : UInt32(word) else { return nil }
        set(number, to: value)
        return true
    }
}

/// How a learned route sends, apart from its gateway: ours do likewise.
package struct RouteManner: Hashable, Sendable {
    package var source: IPAddress?
    package var metrics: RouteMetrics

    package init(source: IPAddress? = nil, metrics: RouteMetrics = RouteMetrics()) {
        self.source = source
        self.metrics = metrics
    }
}
