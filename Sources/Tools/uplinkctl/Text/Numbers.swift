import ArgumentParser
import Catalogue
import Model

/// `1 hop`, `2 hops`.
func count(_ number: Int, _ noun: String) -> String {
    Speech.language == .english ? "\(number) \(noun)\(number == 1 ? "" : "s")" : "\(number) \(say(noun))"
}

/// How long, in the two largest units: `3 d 4 h`, `5 min 10 s`, `12 s`.
func ageText(seconds: Double) -> String { Speech.language.age(seconds: seconds) }

/// `12.3 ms`, `140 ms`; `-` when there's nothing to say.
func millisecondsText(_ value: Double?) -> String { value.map { number($0) + " ms" } ?? "-" }

/// `0 %`, `0.4 %`, `100 %`.
func percentText(_ value: Double?) -> String { value.map { number($0) + " %" } ?? "-" }

/// One decimal below 100, none from there on, and none for 0: as much as a person compares.
private func number(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return "?" }
    let tenths = Int((value * 10).rounded())
    if tenths.magnitude >= 1000 { return "\(Int(value.rounded()))" }
    if tenths == 0 { return "0" }
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
}

/// `553 kB`, `17 MB`, `1.3 GB`.
func sizeText(_ bytes: Int) -> String {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
    guard let (name, size) = units.first(where: { Double(bytes) >= $0.1 * 0.9995 }) else { return "\(bytes) B" }
    let value = Double(bytes) / size
    return "\(value < 9.95 ? number(value) : "\(Int(value.rounded()))") \(name)"
}

/// `500ms`, `2s`, `5m`, `1h`, as the configuration has them: seconds.
func timeInSeconds(_ text: String, from shortest: Duration, to longest: Duration) throws -> Double {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60), ("h", 3600)]
    let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
    guard let number = Double(digits), number.isFinite else {
        throw ValidationError("'\(text)' is no time: write '\(shortest.text)'.")
    }
    guard let unit = units.first(where: { $0.0 == text.dropFirst(digits.count) }) else {
        throw ValidationError(
            digits.count == text.count
                ? "'\(text)' has no unit: write '\(text)s'."
                : "'\(text)' is no time: the units are ms, s, m and h, as in '\(shortest.text)'.")
    }
    let seconds = number * unit.1
    guard (shortest.inSeconds...longest.inSeconds).contains(seconds) else {
        throw ValidationError("'\(text)' is out of range: from \(shortest.text) to \(longest.text).")
    }
    return seconds
}

/// `500kB`, `10MB`, `1.5GB`: decimal, as the configuration has them. nil: no size.
func bytesOfSize(_ text: String) -> Int? {
    guard let (unit, size) = [("kB", 1e3), ("MB", 1e6), ("GB", 1e9)].first(where: { text.hasSuffix($0.0) }) else { return nil }
    let digits = text.dropLast(unit.count)
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }), let number = Double(digits), number * size < 1e15 else {
        return nil
    }
    return Int(number * size)
}
