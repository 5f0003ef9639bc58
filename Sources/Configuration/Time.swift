extension Duration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ]

    /// `500ms`, `0.5s`, `2m`, `1h`: one number, one unit. Never a bare number: some programs count in seconds, some in milliseconds,
    /// and a file should not leave one guessing.
    static func reading(_ text: String) -> Reading<Duration> {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let rest = text.dropFirst(number.count)
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ (1...9).contains($0.count) }), let whole = Int64(parts[0]) else {
            return .wrong(hint: "write one number and one unit: '500ms', '1.5s', '2m' or '1h'")
        }
        guard !rest.isEmpty else { return .wrong(hint: "add a unit, such as '\(number)s' or '\(number)ms'") }
        guard let unit = units.first(where: { $0.name == rest }) else {
            return .wrong(hint: "write one number and one of the units 'ms', 's', 'm' and 'h', with nothing in between")
        }
        var (nanoseconds, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
        guard !overflow else { return .wrong(hint: nil) }
        var digit = unit.nanoseconds
        for character in parts.dropFirst().joined() {
            digit /= 10
            let (sum, overflow) = nanoseconds.addingReportingOverflow(Int64(character.wholeNumberValue ?? 0) * digit)
            guard !overflow else { return .wrong(hint: nil) }
            nanoseconds = sum
        }
        return .value(.nanoseconds(nanoseconds))
    }

    /// As a person would write it in the file: `1h`, `90s`, `1500ms`.
    var text: String {
        let (seconds, attoseconds) = components
        guard attoseconds == 0 else {
            let milliseconds = Double(seconds) * 1000 + Double(attoseconds) / 1e15
            return milliseconds == milliseconds.rounded() ? "\(Int64(milliseconds))ms" : "\(milliseconds)ms"
        }
        if seconds != 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds != 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}
