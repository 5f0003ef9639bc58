import ConfigurationFile
import Configuration
import Floor
import FoundationEssentials
import Model

/// What `--dry-run` and `--teardown` have to say, as text or as JSON.
struct Answer: Encodable {
    /// The commands that were, or would be, carried out.
    var commands: [String] = []
    /// What else there is to know; comments, in text.
    var notes: [String] = []
    /// What went wrong.
    var problems: [String] = []

    /// Problems in text go to standard error, by whoever ends the program for them.
    func show(asJSON: Bool) {
        if asJSON { return printJSON(self) }
        for line in commands + notes.map({ "# \($0)" }) { print(visible(line)) }
    }
}

/// What `--check` has to say.
struct CheckAnswer: Encodable {
    struct WAN: Encodable {
        var name: WANName
        /// nil: it is known by something that nothing on this box fits now.
        var interface: InterfaceName?
        var metric: UInt32
        /// What probing costs, IP bytes both ways, while it carries sessions.
        var bytesPerMonth: Int
        /// The same while it stands by; nil: no less.
        var standbyBytesPerMonth: Int?

        init(_ wan: WANSettings) {
            name = wan.name
            interface = wan.knownInterface
            metric = wan.metric
            bytesPerMonth = Int(wan.bytesPerMonth(standsBy: !wan.isMetered).rounded())
            if wan.isMetered { standbyBytesPerMonth = Int(wan.bytesPerMonth(standsBy: true).rounded()) }
        }

        enum CodingKeys: String, CodingKey {
            case name, interface, metric
            case bytesPerMonth = "bytes_per_month"
            case standbyBytesPerMonth = "standby_bytes_per_month"
        }
    }

    struct Entry: Encodable {
        var severity: String
        var line: Int
        var column: Int
        var length: Int
        var message: String
        var hint: String?
        var excerpt: String
    }

    var file: String
    var accepted: Bool
    /// Why the file couldn't be read at all.
    var unreadable: String?
    var problems: [Entry]
    var wans: [WAN]
    /// What others on this box have that gets into our way. nil: not looked at, because that needs root, or because the file is refused.
    var box: [String]?

    init(file: String, _ result: Result<ConfigurationFile, ConfigurationFile.Refused>, box: [String]? = nil) {
        self.file = file
        self.box = box
        let found: [Problem]
        switch result {
        case .success(let read):
            accepted = true
            found = read.warnings
            wans = read.settings.wans.map { WAN($0) }
        case .failure(let refused):
            accepted = false
            unreadable = refused.unreadable
            found = refused.problems
            wans = []
        }
        problems = found.map {
            Entry(
                severity: $0.severity.rawValue, line: $0.line, column: $0.column, length: $0.length, message: $0.message, hint: $0.hint,
                excerpt: $0.excerpt)
        }
    }
}

func printJSON(_ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Text and whole numbers always encode.
    if let data = try? encoder.encode(value) { print(String(decoding: data, as: UTF8.self)) }
}
