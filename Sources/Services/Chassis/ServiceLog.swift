package import Floor
import Glibc

/// Standard error, for a program that mustn't wait for whoever reads it.
package let standardError = LogQueue(STDERR_FILENO) { dropped in
    ServiceLog.prefix(.warning) + (dropped == 1 ? "1 line of this log was" : "\(dropped) lines of this log were")
        + " dropped here: nobody has read it."
}

/// Lines on standard error: the journal's under systemd, a person's otherwise.
package struct ServiceLog: Sendable {
    /// By their numbers in the journal (sd-daemon(3)).
    package enum Severity: Int, Sendable { case critical = 2, error, warning, notice, info, debug }

    private let namesSeverity: Bool

    /// - Parameter namesSeverity: also for a person: `warning: …`. The journal has it in any case.
    package init(namesSeverity: Bool = true) { self.namesSeverity = namesSeverity }

    package func write(_ severity: Severity, _ text: String) {
        standardError.add((namesSeverity || Self.isJournal ? Self.prefix(severity) : "") + oneLine(text))
    }

    private static let isJournal = environment("JOURNAL_STREAM") != nil

    /// The journal takes the severity from a prefix such as `<4>`.
    fileprivate static func prefix(_ severity: Severity) -> String { isJournal ? "<\(severity.rawValue)>" : "\(severity): " }
}

/// Somebody's words in a line of ours: what could end the line or play with a terminal is a space.
package func oneLine(_ text: some StringProtocol) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: line.append(" ")
        default: line.append(scalar)
        }
    }
    return String(line)
}
