import Configuration
import Testing

/// A file and everything that is reported of it, in order: `line:column: severity: message | hint`.
struct Case: CustomTestStringConvertible, Sendable {
    let what: String
    let yaml: String
    let reports: [String]

    var testDescription: String { what }

    init(_ what: String, _ yaml: String, _ reports: String...) {
        self.what = what
        self.yaml = yaml
        self.reports = reports
    }

    /// Four lines that are right by themselves; what is added begins on line 5.
    static let office = """
        lan: {interfaces: [br0]}
        wans:
          telkom: {interface: eth0, metric: 1}
          smartfren: {interface: usb0, metric: 2}

        """

    static func office(_ what: String, _ added: String, _ reports: String...) -> Case {
        Case(what, yaml: office + added, reports: reports)
    }

    private init(_ what: String, yaml: String, reports: [String]) {
        self.what = what
        self.yaml = yaml
        self.reports = reports
    }

    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        let parsed = Configuration.parse(yaml)
        let found = parsed.problems.map { problem in
            "\(problem.line):\(problem.column): \(problem.severity.rawValue): \(problem.message)\(problem.hint.map { " | \($0)" } ?? "")"
        }
        #expect(found == reports, sourceLocation: sourceLocation)
        #expect((parsed.settings == nil) == reports.contains { $0.contains(": error: ") }, sourceLocation: sourceLocation)
    }
}
