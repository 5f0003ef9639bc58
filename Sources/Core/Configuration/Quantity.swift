import Model

/// Numbers with a unit, in the file as a person writes them. Never a bare number: some programs count in seconds, some in milliseconds, and a
/// file should not leave one guessing.
struct Quantity {
    /// The largest first. The size is in units of the value that is made of it.
    let units: [(name: String, size: Int64)]
    /// The hint for a unit that isn't there.
    let form: String
    let examples: String
    /// What is suggested to whoever has left out the unit.
    let likely: [String]

    static let time = Quantity(
        units: [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000)],
        form: "write one number and one of the units 'ms', 's', 'm' and 'h', with nothing in between",
        examples: "'500ms', '1.5s', '2m' or '1h'",
        likely: ["s", "ms"])
    /// Decimal, as providers count.
    static let bytes = Quantity(
        units: [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)],
        form: "write one number and one of the units 'kB', 'MB' and 'GB', with nothing in between", examples: "'500kB', '100MB' or '1.5GB'",
        likely: ["MB", "GB"])
    /// In millionths.
    static let share = Quantity(
        units: [("%", 10_000)], form: "write a number and '%', with nothing in between", examples: "'20%' or '0.5%'", likely: ["%"])

    func reading(_ text: String) -> Reading<Int64> {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let rest = text.dropFirst(number.count)
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ (1...9).contains($0.count) }), let whole = Int64(parts[0]) else {
            return .wrong(hint: "write one number and one unit: \(examples)")
        }
        guard !rest.isEmpty else {
            return .wrong(hint: "add a unit, such as \(likely.map { "'\(number)\($0)'" }.joined(separator: " or "))")
        }
        guard let unit = units.first(where: { $0.name == rest }) else { return .wrong(hint: form) }
        var (sum, overflow) = whole.multipliedReportingOverflow(by: unit.size)
        guard !overflow else { return .wrong(hint: nil) }
        var digit = unit.size
        for character in parts.dropFirst().joined() {
            digit /= 10
            (sum, overflow) = sum.addingReportingOverflow(Int64(character.wholeNumberValue ?? 0) * digit)
            guard !overflow else { return .wrong(hint: nil) }
        }
        return .value(sum)
    }
}

extension Reading {
    func map<U>(_ transform: (T) -> U) -> Reading<U> {
        switch self {
        case .value(let value): .value(transform(value))
        case .wrong(let hint): .wrong(hint: hint)
        }
    }

    /// Without a hint: what is expected says it all.
    func within(_ range: ClosedRange<T>) -> Reading where T: Comparable {
        guard case .value(let value) = self, !range.contains(value) else { return self }
        return .wrong(hint: nil)
    }
}

extension Value where T == Duration {
    static func time(_ range: ClosedRange<Duration>) -> Value {
        Value(expected: "a time from \(range.lowerBound.text) to \(range.upperBound.text)") {
            Quantity.time.reading($0).map { Duration.nanoseconds($0) }.within(range)
        }
    }
}

extension Value where T == Int? {
    /// In bytes.
    static func size(_ range: ClosedRange<Int>) -> Value {
        Value(expected: "'none' or a size from \(sizeText(range.lowerBound)) to \(sizeText(range.upperBound))") { text in
            text == "none" ? .value(nil) : Quantity.bytes.reading(text).map { Int($0) }.within(range).map { $0 }
        }
    }
}

extension Value where T == Double {
    /// A share from 0 to 1, written as a percentage.
    static func share(_ range: ClosedRange<Double>) -> Value {
        Value(expected: "a percentage from \(shareText(range.lowerBound)) to \(shareText(range.upperBound))") {
            Quantity.share.reading($0).map { Double($0) / 1_000_000 }.within(range)
        }
    }
}
