package import FoundationEssentials

/// A time as it stands on the wire: RFC 3339, UTC, milliseconds, so that text order is time order.
package func wireTime(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}

/// A little more than it is: digits are cut, and 0.001 may be a hair less in binary.
package func wireTime(milliseconds: Int64) -> String { wireTime(Date(timeIntervalSince1970: Double(milliseconds) / 1000 + 0.0002)) }

/// A figure on the wire has two digits after the point: nobody reads more, and they change all the time.
package func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }

/// A figure in a text for programs: to a billionth, and with no digits that nobody measured. `0.00028`, and not `0.00028000000000000003`.
package func plainNumber(_ value: Double) -> String {
    guard value.magnitude < 1e15 else { return "\(value)" }
    let rounded = (value * 1e9).rounded() / 1e9
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}
