// Values as a person would write them in the configuration file; every message about them uses the same form.

extension Duration {
    /// `1h`, `90s`, `1500ms`.
    package var text: String {
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

private let byteUnits: [(name: String, size: Int)] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)]

/// Exactly: `100MB`, `1250kB`.
package func sizeText(_ bytes: Int) -> String {
    guard bytes != 0, let unit = byteUnits.first(where: { bytes % $0.size == 0 }) else { return "\(bytes) bytes" }
    return "\(bytes / unit.size)\(unit.name)"
}

/// As far as a person compares: `1.3 GB`, `17 MB`, `553 kB`.
package func roughSizeText(_ bytes: Double) -> String {
    guard bytes.isFinite, bytes < 1e18 else { return "?" }
    // From half a unit below the next one on it would be "1000 MB".
    guard let unit = byteUnits.first(where: { bytes >= Double($0.size) * 0.9995 }) else { return "\(Int(bytes.rounded())) bytes" }
    let tenths = Int((bytes / Double(unit.size) * 10).rounded())
    let number = tenths >= 100 || tenths % 10 == 0 ? "\(Int((bytes / Double(unit.size)).rounded()))" : "\(tenths / 10).\(tenths % 10)"
    return "\(number) \(unit.name)"
}

/// `20%`, `0.5%`.
package func shareText(_ share: Double) -> String {
    let percent = share * 100
    return percent == percent.rounded() ? "\(Int(percent))%" : "\((percent * 10_000).rounded() / 10_000)%"
}

/// As `ip`, `conntrack` and iptables write marks and masks: `0xf000000`.
package func hexadecimal(_ value: UInt32) -> String { "0x" + String(value, radix: 16) }

/// `a, b and c`
package func enumeration(_ words: [String], _ conjunction: String) -> String {
    guard words.count > 1, let last = words.last else { return words.joined() }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
}
