import ControlProtocol

enum EventText {
    /// `2026-07-31 20:00:00.000  warning  health         telkom is down: upstream silent.` The sentence names the WAN where there is one.
    static func line(_ event: ControlEvent) -> String {
        "\(PastTime.localExactly(event.time))  \(padded(event.severity.rawValue, 7))  \(padded(event.kind.rawValue, 13))  \(event.message)"
    }
}
