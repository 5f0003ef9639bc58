import Floor

/// Lines on standard error: the journal's under systemd, a person's otherwise.
struct Log: Sendable {
    /// By their numbers in the journal (sd-daemon(3)).
    enum Severity: Int { case error = 3, warning, notice, info }

    /// Takes the severity from a prefix such as `<4>`.
    let forJournal: Bool

    func write(_ severity: Severity, _ text: String) {
        complain((forJournal ? "<\(severity.rawValue)>" : "") + oneLine(text))
    }
}

/// A hook's words, or somebody's beyond it, in a line of ours: what could end the line or play with a terminal is a space.
func oneLine(_ text: some StringProtocol) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: line.append(" ")
        default: line.append(scalar)
        }
    }
    return String(line)
}
