/// What a drill plays. Text as the operator writes it: `silent`, `lossy=30`.
package enum DrillFault: Hashable, Sendable, TextCodable {
    /// The selection takes the WAN for one that is down. Nothing is cut off.
    case down
    /// Nothing that would leave by the WAN does.
    case silent
    /// In percent, 1…99.
    case lossy(Int)
    /// No question to a resolver leaves by the WAN.
    case dns

    package init?(_ text: String) {
        switch text {
        case "down": self = .down
        case "silent": self = .silent
        case "dns": self = .dns
        default:
            guard text.hasPrefix("lossy="), let percent = Int(text.dropFirst(6)), (1...99).contains(percent) else { return nil }
            self = .lossy(percent)
        }
    }

    package var description: String {
        switch self {
        case .down: "down"
        case .silent: "silent"
        case .lossy(let percent): "lossy=\(percent)"
        case .dns: "dns"
        }
    }

    /// Rules of the packet filter play it.
    package var needsRules: Bool { self != .down }
}

/// A drill as it is asked for.
package struct DrillOrder: Equatable, Sendable {
    package var wan: WANName
    package var fault: DrillFault
    package var duration: Duration
    /// The same on the wall clock, in seconds of Unix time: by it the kernel ends the rules by itself, whatever becomes of the daemon. From its
    /// beginning on, and not from ever: a clock that is set back by an hour must not give the rules an hour more.
    package var window: ClosedRange<Int64>

    package static let durations: ClosedRange<Duration> = .seconds(10)...(.seconds(900))
    package static let standardDuration: Duration = .seconds(60)
    /// The daemon is to end it; the kernel does if that doesn't.
    private static let grace: Int64 = 1

    package init(wan: WANName, fault: DrillFault, duration: Duration, window: ClosedRange<Int64>) {
        self.wan = wan
        self.fault = fault
        self.duration = duration
        self.window = window
    }

    /// - Parameter unixTime: now, in seconds.
    package init(wan: WANName, fault: DrillFault, duration: Duration, unixTime: Int64) {
        self.init(
            wan: wan, fault: fault, duration: duration, window: unixTime...(unixTime + duration.components.seconds + Self.grace))
    }
}
