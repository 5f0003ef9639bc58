import Floor
import Glibc
import Logging

/// Lines on standard error: the journal's under systemd, a person's otherwise. Messages are constant, what varies is in the metadata.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    /// The journal takes the severity from a prefix such as `<4>` (sd-daemon(3)).
    let forJournal: Bool

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }.map {
            " \($0.key)=\(Self.quoted("\($0.value)"))"
        }
        let prefix = forJournal ? "<\(Self.severity(event.level))>" : "\(event.level): "
        complain("\(prefix)\(event.message)\(fields.joined())")
    }

    /// One line stays one line, whatever is in it.
    private static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
        if isPlain { return text }
        var quoted = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\n": quoted += "\\n"
            case "\"", "\\": quoted += "\\\(character)"
            case "\u{0}"..<" ", "\u{7f}": quoted += "?"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "\""
    }

    private static func severity(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
