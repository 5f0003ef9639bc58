import Catalogue
import ControlProtocol

enum EventText {
    /// `2026-07-31 20:00:00.000  warning  health         telkom is down: upstream silent.` The sentence names the WAN where there is one.
    static func line(_ event: ControlEvent) -> String {
        "\(PastTime.localExactly(event.time))  \(padded(word(event.severity.rawValue, "severity"), 7))  "
            + "\(padded(word(event.kind.rawValue, "kind"), 13))  \(message(event))"
    }

    static func message(_ event: ControlEvent) -> String {
        Speech.language.text(event.code ?? "", event.details, event.message, of: event.wan)
    }
}
