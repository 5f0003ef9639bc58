import CLinux
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
        return localTime(text, isEnd: isEnd).map { wireTime($0) }
    }

    private static func localTime(_ text: String, isEnd: Bool) -> Date? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard let day = numbers(parts[0], separator: "-", digits: [4, 2, 2]), parts.count <= 2 else { return nil }
        var clock: [Int32] = [0, 0, 0]
        if parts.count == 2 {
            guard let time = numbers(parts[1], separator: ":", digits: [2, 2]) ?? numbers(parts[1], separator: ":", digits: [2, 2, 2])
            else {
                return nil
            }
            clock = time.count == 2 ? time + [0] : time
        }
        var time = tm()
        (time.tm_year, time.tm_mon, time.tm_mday) = (day[0] - 1900, day[1] - 1, day[2])
        (time.tm_hour, time.tm_min, time.tm_sec) = (clock[0], clock[1], clock[2])
        time.tm_isdst = -1
        guard day[0] >= 1970, mktime(&time) != -1, clock[0] < 24, clock[1] < 60, clock[2] < 60 else { return nil }
        // mktime(3) makes the 3rd of March of the 31st of February.
        guard time.tm_mday == day[2], time.tm_mon == day[1] - 1 else { return nil }
        if isEnd, parts.count == 1 { time.tm_mday += 1 }
        time.tm_isdst = -1
        return Date(timeIntervalSince1970: Double(mktime(&time)))
    }

    private static func numbers(_ text: Substring, separator: Character, digits: [Int]) -> [Int32]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.count) == digits else { return nil }
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { (48...57).contains($0) } ? Int32(part) : nil }
        return numbers.count == digits.count ? numbers : nil
    }

    /// `2026-11-01 08:00:03`; what isn't a time, as it is.
    static func local(_ wire: String) -> String { formatted(wire, "%Y-%m-%d %H:%M:%S") ?? wire }

    /// `2026-11-01 08:00:03.527`: events follow each other closely.
    static func localExactly(_ wire: String) -> String {
        guard let text = formatted(wire, "%Y-%m-%d %H:%M:%S"), let fraction = wire.split(separator: ".").last, fraction.count == 4 else {
            return local(wire)
        }
        return "\(text).\(fraction.prefix(3))"
    }

    /// `08:00:03`.
    static func clock(_ wire: String) -> String { formatted(wire, "%H:%M:%S") ?? wire }

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
