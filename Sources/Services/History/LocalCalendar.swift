import Glibc

/// Days and months as this machine's time zone has them: TZ, or /etc/localtime. Days of 23 and 25 hours are days too.
package enum LocalCalendar {
    package enum Unit: String, CaseIterable, Sendable { case day, month }

    /// Those that `start` to `end` touches, the first and the last cut to it.
    package static func periods(_ unit: Unit, from start: Moment, to end: Moment) -> [Period] {
        var periods: [Period] = []
        var time = broken(start)
        time.tm_hour = 0
        time.tm_min = 0
        time.tm_sec = 0
        if unit == .month { time.tm_mday = 1 }
        while let first = moment(&time), first < end {
            let name = name(time, unit)
            if unit == .month { time.tm_mon += 1 } else { time.tm_mday += 1 }
            // mktime(3) makes the 32nd the first of the next month, and finds out whether it's summer then.
            time.tm_hour = 0
            guard let next = moment(&time), next > first else { break }
            if next > start { periods.append(Period(name: name, start: max(first, start), end: min(next, end))) }
        }
        return periods
    }

    private static func broken(_ moment: Moment) -> tm {
        var seconds = time_t(moment.milliseconds / 1000)
        var time = tm()
        localtime_r(&seconds, &time)
        return time
    }

    private static func moment(_ time: inout tm) -> Moment? {
        time.tm_isdst = -1
        let seconds = mktime(&time)
        return seconds == -1 ? nil : Moment(milliseconds: Int64(seconds) * 1000)
    }

    private static func name(_ time: tm, _ unit: Unit) -> String {
        let month = "\(time.tm_year + 1900)-\(padded(time.tm_mon + 1))"
        return unit == .month ? month : "\(month)-\(padded(time.tm_mday))"
    }

    private static func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
