import ControlProtocol

enum EventText {
    /// `2026-07-31T12:00:00.000Z  warning  health         telkom: no reply for 900 ms`
    static func line(_ event: ControlEvent) -> String {
        let wan = event.wan.map { "\($0): " } ?? ""
        return "\(event.time)  \(padded(event.severity.rawValue, 7))  \(padded(event.kind.rawValue, 13))  \(wan)\(event.message)"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
