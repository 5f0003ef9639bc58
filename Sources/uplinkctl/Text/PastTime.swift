import CSockets
import ControlProtocol
import FoundationEssentials
import Glibc

/// Times of the past as a person writes and reads them: in this machine's time zone. By the C library, since FoundationEssentials knows no zones.
enum PastTime {
    /// `30d`, `12h`, `90m`, `2026-11-01`, `2026-11-01T08:00`, or what is on the wire. nil: none of these.
    /// - Parameter isEnd: a day stands for its end.
    static func wire(_ text: String, isEnd: Bool, now: Date = Date()) -> String? {
        for (unit, length) in [("d", 86400.0), ("h", 3600), ("m", 60)] where text.hasSuffix(unit) {
            guard let number = Int(text.dropLast()), (0...1_000_000).contains(number) else { return nil }
            return wireTime(now - Double(number) * length)
        }
        if let date = date(text) { return wireTime(date) }
        for (format, isDay) in [("%Y-%m-%d", true), ("%Y-%m-%dT%H:%M", false), ("%Y-%m-%dT%H:%M:%S", false)] {
            var time = tm()
            guard let end = strptime(text, format, &time), end.pointee == 0 else { continue }
            // strptime(3) takes the 31st of February.
            let day = time.tm_mday
            if isDay && isEnd { time.tm_mday += 1 }
            time.tm_isdst = -1
            let seconds = mktime(&time)
            var check = isDay && isEnd ? seconds - 1 : seconds
            localtime_r(&check, &time)
            guard seconds != -1, time.tm_mday == day else { return nil }
            return wireTime(Date(timeIntervalSince1970: Double(seconds)))
        }
        return nil
    }

    /// `2026-11-01 08:00:03`; what isn't a time, as it is.
    static func local(_ wire: String) -> String { formatted(wire, "%Y-%m-%d %H:%M:%S") ?? wire }

    /// `2026-11-01T08:00:03+07:00`: for other programs, and readable.
    static func offset(_ wire: String) -> String {
        guard let text = formatted(wire, "%Y-%m-%dT%H:%M:%S%z"), text.count > 2 else { return wire }
        return "\(text.dropLast(2)):\(text.suffix(2))"
    }

    /// `UTC+07:00` at that time.
    static func zone(_ wire: String) -> String { "UTC\(offset(wire).suffix(6))" }

    /// Since 1970.
    static func seconds(_ wire: String) -> Double? { date(wire)?.timeIntervalSince1970 }

    private static func formatted(_ wire: String, _ format: String) -> String? {
        guard let date = date(wire) else { return nil }
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var time = tm()
        guard localtime_r(&seconds, &time) != nil else { return nil }
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, format, &time)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func date(_ wire: String) -> Date? {
        for withFraction in [true, false] {
            if let date = try? Date(wire, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: withFraction)) { return date }
        }
        return nil
    }
}
