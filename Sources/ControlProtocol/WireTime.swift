package import FoundationEssentials

/// A time as it stands on the wire: RFC 3339, UTC, milliseconds, so that text order is time order.
package func wireTime(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}
