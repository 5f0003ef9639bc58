import Glibc
import Testing

@testable import History

/// One after the other: TZ is the whole process's. No other test here asks for days or months by name.
@Suite(.serialized) struct LocalCalendarTests {
    private func periods(_ unit: LocalCalendar.Unit, _ zone: String, from start: String, to end: String) throws -> [String] {
        setenv("TZ", zone, 1)
        tzset()
        defer {
            unsetenv("TZ")
            tzset()
        }
        let periods = LocalCalendar.periods(unit, from: try #require(Moment(start)), to: try #require(Moment(end)))
        for (one, next) in zip(periods, periods.dropFirst()) { #expect(one.end == next.start) }
        #expect(periods.first?.start == Moment(start) && periods.last?.end == Moment(end))
        return periods.map { "\($0.name) \(($0.end - $0.start) / 3600)" }
    }

    @Test("days begin at the zone's midnight")
    func days() throws {
        // Makassar: UTC+08:00, no summer time. Written as POSIX has it, so that no zone file is needed.
        let found = try periods(.day, "WITA-8", from: "2026-11-02T12:00:00Z", to: "2026-11-04T00:00:00Z")
        #expect(found == ["2026-11-02 4.0", "2026-11-03 24.0", "2026-11-04 8.0"])
        #expect(try periods(.day, "UTC0", from: "2026-11-02T00:00:00Z", to: "2026-11-03T00:00:00Z") == ["2026-11-02 24.0"])
    }

    @Test("the days on which the clock is changed have 23 and 25 hours")
    func summerTime() throws {
        let zone = "CET-1CEST,M3.5.0,M10.5.0/3"
        #expect(
            try periods(.day, zone, from: "2026-03-28T23:00:00Z", to: "2026-03-30T22:00:00Z") == ["2026-03-29 23.0", "2026-03-30 24.0"])
        #expect(
            try periods(.day, zone, from: "2026-10-24T22:00:00Z", to: "2026-10-26T23:00:00Z") == ["2026-10-25 25.0", "2026-10-26 24.0"])
    }

    @Test("months have their lengths, over the end of a year too")
    func months() throws {
        let found = try periods(.month, "WITA-8", from: "2026-12-30T16:00:00Z", to: "2027-02-28T16:00:00Z")
        #expect(found == ["2026-12 24.0", "2027-01 744.0", "2027-02 672.0"])
    }
}
