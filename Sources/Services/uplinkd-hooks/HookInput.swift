import Catalogue
import ControlProtocol
import Floor
import FoundationEssentials
import Model

/// What a hook gets to know: the event as JSON, and the same as environment for those that can't read it.
enum HookInput {
    /// The kernel refuses to start a program with a variable beyond 128 KiB.
    static let valueLimit = 16 * 1024
    private static let names = ["UPLINKD_EVENT_", "UPLINKD_DETAIL_", "UPLINKD_CONTROL="]
    /// What systemd tells this service alone. One that notifies in our name would be taken for us.
    private static let ours = ["NOTIFY_SOCKET=", "WATCHDOG_", "JOURNAL_STREAM=", "LISTEN_"]

    /// One object on one line, as `uplinkctl events --json` prints it.
    static func json(_ event: ControlEvent) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text and whole numbers only: it can't fail. If it does, the hook has its environment.
        return ((try? encoder.encode(event)).map { Array($0) } ?? Array("{}".utf8)) + [UInt8(ascii: "\n")]
    }

    /// `inherited`: this service's own, with the secrets that /etc/uplinkd/hooks.env has put there.
    static func environment(_ delivery: Delivery, control: String, inherited: [String: String], language: Language) -> [String] {
        let event = delivery.event
        var variables = inherited.map { "\($0.key)=\($0.value)" }.filter { variable in !(names + ours).contains { variable.hasPrefix($0) } }
        if inherited["PATH"] == nil { variables.append("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin") }
        variables += [
            "UPLINKD_EVENT_ID=\(event.id)", "UPLINKD_EVENT_TIME=\(value(event.time))", "UPLINKD_EVENT_KIND=\(value(event.kind.rawValue))",
            "UPLINKD_EVENT_SEVERITY=\(value(event.severity.rawValue))", "UPLINKD_EVENT_WAN=\(value(event.wan ?? ""))",
            "UPLINKD_EVENT_CODE=\(value(event.code ?? ""))", "UPLINKD_EVENT_MESSAGE=\(value(event.message))",
            "UPLINKD_EVENT_TEXT=\(value(language.text(event.code ?? "", event.details, event.message, of: event.wan)))",
            "UPLINKD_EVENTS_DROPPED=\(delivery.dropped)", "UPLINKD_CONTROL=\(control)",
        ]
        for (key, text) in event.details.sorted(by: { $0.key < $1.key }) { variables.append("UPLINKD_DETAIL_\(name(key))=\(value(text))") }
        return variables.sorted()
    }

    /// `applied_us` becomes `APPLIED_US`; what can't be in a shell's variable becomes `_`.
    private static func name(_ key: String) -> String {
        String(
            key.unicodeScalars.map { scalar -> Character in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9": Character(scalar).uppercased().first ?? "_"
                default: "_"
                }
            })
    }

    private static func value(_ text: String) -> String {
        let clean = text.utf8.contains(0) ? text.filter { $0 != "\0" } : text
        guard clean.utf8.count > valueLimit else { return clean }
        // Whole characters, four bytes each at most as UTF-8 has them.
        return String(String.UnicodeScalarView(clean.unicodeScalars.prefix(valueLimit / 4)))
    }
}
