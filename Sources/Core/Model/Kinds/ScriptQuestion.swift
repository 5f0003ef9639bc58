/// A program of the administrator's; exit status 0 is the right answer.
struct ScriptQuestion: ProbeKind {
    static let service: ServiceKind? = ServiceKind(dead: .scriptFailed, prefix: "exec ")
    static let interval: Duration = .seconds(30)
    static let timeout: Duration = .seconds(10)
    static let shortestInterval: Duration = .seconds(5)
    static let isOnlyAsConfigured = true
    /// It is ended at its timeout, and what becomes of that is worth a moment more.
    static let grace: Duration = .seconds(2)
    static let verb = "ended with 0"
    static let silence = "didn't end"

    var command: [String]

    var description: String { "exec " + command.joined(separator: " ") }
    var bytes: Int { 0 }
}
