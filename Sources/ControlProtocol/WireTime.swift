package import FoundationEssentials

/// A time as it stands on the wire: RFC 3339, UTC, milliseconds, so that text order is time order.
package func wireTime(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}

/// A figure on the wire has two digits after the point: nobody reads more, and they change all the time.
package func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }
