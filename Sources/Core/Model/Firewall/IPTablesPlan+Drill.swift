// The fault of a drill in the words of iptables.
//
// Each rule carries its end in itself (xt_time): should the daemon die, the kernel lets the traffic through again at that time, with nobody's
// help. Both ends of the window are given. The kernel compares them with the wall clock at every packet, in UTC unless `--kerneltz` is given; set
// back by more than has passed of the drill, the clock is before its beginning, and the rule is out of force at once.
extension IPTablesPlan {
    static func rules(_ drill: FirewallDesired.Drill) -> [String] {
        let start = "-o \(drill.wan.interface)"
        let window = "-m time --datestart \(dateText(drill.window.lowerBound)) --datestop \(dateText(drill.window.upperBound))"
        return switch drill.fault {
        case .down, .silent: ["\(start) \(window) -j DROP"]
        case .lossy(let percent): ["\(start) \(window) -m statistic --mode random --probability \(probabilityText(percent)) -j DROP"]
        case .dns: ["udp", "tcp"].map { "\(start) -p \($0) -m \($0) --dport 53 \(window) -j DROP" }
        }
    }

    /// As iptables prints it: the kernel keeps a share of 2³¹, rounded, and that is shown with eleven digits.
    static func probabilityText(_ percent: Int) -> String {
        let share = (UInt64(percent) << 31 + 50) / 100
        let digits = "\(UInt64((Double(share) / Double(1 << 31) * 1e11).rounded()))"
        return "0." + String(repeating: "0", count: 11 - digits.utf8.count) + digits
    }

    /// `2026-11-24T18:30:12`, in UTC. Days to a date as Howard Hinnant's `civil_from_days` has it: years begin in March, so the leap day is a
    /// year's last.
    static func dateText(_ unixTime: Int64) -> String {
        let days = unixTime / 86400 + 719_468
        let era = days / 146_097
        let day = days % 146_097
        let year = (day - day / 1460 + day / 36524 - day / 146_096) / 365
        let ofYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let seconds = unixTime % 86400
        let two = { (number: Int64) in number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(era * 400 + year + (month < 10 ? 0 : 1))-\(two(month < 10 ? month + 3 : month - 9))-\(two(ofYear - (153 * month + 2) / 5 + 1))"
            + "T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    static func withoutDrill(_ contents: FirewallContents) -> FirewallContents {
        var rest = contents
        rest[Territory.drillChain] = nil
        rest["POSTROUTING"]?.removeAll { $0 == "-j \(Territory.drillChain)" }
        if rest["POSTROUTING"]?.isEmpty == true { rest["POSTROUTING"] = nil }
        return rest
    }
}
