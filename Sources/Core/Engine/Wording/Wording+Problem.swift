package import Model

extension StatusProblem {
    package var sentence: Sentence {
        switch self {
        case .noWAN(let reason):
            Sentence("no-wan", ["reason": reason, "reason_code": reason.sentence.code], "No WAN can be used: \(reason).")
        case .kernelUnreadable(let error):
            Sentence("kernel-unreadable", ["error": error], "the kernel can't be read: \(error)")
        case .kernelRefused(let failures):
            Sentence(
                "kernel-refused", ["error": failures.joined(separator: "; ")], "the kernel refused: " + failures.joined(separator: "; "))
        case .routesContested: Sentence("routes-contested", "somebody keeps changing our routes; repairs are held back")
        case .strayed(let interface):
            Sentence(
                "strayed", ["interface": interface],
                "new sessions leave by \(interface), which is no WAN: somebody's default route there comes before ours (ip route)")
        case .lanMissing(let interface):
            Sentence(
                "lan-missing", ["interface": interface],
                "there is no LAN interface \(interface), so nothing is forwarded from it; it is picked up when it appears")
        case .lanNotForwarded6:
            Sentence("lan-not-forwarded-ipv6", "IPv6 of the LAN isn't forwarded: sysctl -w net.ipv6.conf.all.forwarding=1")
        case .advertisementsRefused(let interface):
            Sentence(
                "advertisements-refused", ["interface": interface],
                "\(interface) takes no router advertisements while it forwards: sysctl -w net.ipv6.conf.\(interface).accept_ra=2")
        case .sessionsStuck(let error):
            Sentence("sessions-stuck", ["error": error], "sessions of a WAN that fails can't be deleted: \(error)")
        case .firewall(let place, let problem): Self.sentence(place, problem)
        case .configurationRefused:
            Sentence(
                "configuration-refused", "the configuration file was refused at the last reload; the one before is in force")
        case .stateUnwritten(let error):
            Sentence(
                "state-unwritten", ["error": error],
                "what was there before us can't be written down, so a teardown after a crash may be incomplete: \(error)")
        case .box(let problem): Sentence("box", ["problem": problem], problem)
        }
    }

    private static func sentence(_ place: FirewallPlace, _ problem: FirewallProblem) -> Sentence {
        let arguments: [String: (any CustomStringConvertible)?] = [
            "place": place.name, "problem": problem.text, "problem_code": problem.sentence.code,
        ]
        guard place.holdsNAT else {
            return Sentence(
                "no-marks", arguments,
                "sessions\(place.isIPv6 ? " of IPv6" : "") don't stay with their WAN, so a failback interrupts them: \(problem.text)")
        }
        return Sentence(
            "no-nat", arguments,
            place.isIPv6
                ? "NAT doesn't work for IPv6, clients can't reach the Internet by it: \(problem.text)"
                : "NAT doesn't work, clients can't reach the Internet: \(problem.text)")
    }
}

extension FirewallProblem {
    /// A clause.
    package var sentence: Sentence {
        switch self {
        case .failed(let error): Sentence("firewall-failed", ["error": error], error)
        case .contested(let place):
            Sentence(
                "firewall-contested", ["place": place.name], "somebody keeps changing our rules (\(place.look)); repairs are held back")
        case .notLookedAt: Sentence("firewall-not-looked-at", "it hasn't been looked at yet")
        }
    }

    package var text: String { sentence.text }
}
