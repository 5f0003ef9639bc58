import ControlProtocol

enum EventText {
    /// `2026-07-31T12:00:00.000Z  warning  health         telkom is down: upstream silent.` The sentence names the WAN where there is one.
    static func line(_ event: ControlEvent) -> String {
        "\(event.time)  \(padded(event.severity.rawValue, 7))  \(padded(event.kind.rawValue, 13))  \(event.message)"
    }
}
