import Chassis
import Logging

/// What is logged becomes lines of the service's log. Messages are constant, what varies is in the metadata.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let log: ServiceLog

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }.map {
            " \($0.key)=\(Self.quoted("\($0.value)"))"
        }
        log.write(Self.severity(event.level), "\(event.message)\(fields.joined())")
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

    private static func severity(_ level: Logger.Level) -> ServiceLog.Severity {
        switch level {
        case .trace, .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
