package import Model

extension StatusProblem {
    package var sentence: Sentence {
        switch self {
        case .noWAN(let reason):
            Sentence("no-wan", reason.sentence.asArgument("reason"), "No WAN can be used: \(reason).")
        case .ipv6Elsewhere(let wan, let condition, let to):
            Sentence(
                "ipv6-elsewhere", condition.sentence.asArgument("condition").merging(["wan": wan, "to": to]) { $1 },
                "IPv6 by \(wan) is \(condition); it goes by \(to)")
        case .noIPv6(let reason):
            Sentence(
                "no-ipv6", reason.sentence.asArgument("reason"),
                "IPv6 works by no WAN, so clients are left with IPv4: \(reason)")
        case .kernelUnreadable(let error):
            Sentence("kernel-unreadable", ["error": error], "the kernel can't be read: \(error)")
        case .kernelRefused(let failures):
            Sentence(
                "kernel-refused", ["error": failures.joined(separator: "; ")], "the kernel refused: " + failures.joined(separator: "; "))
        case .routesContested: Sentence("routes-contested", "somebody keeps changing our routes or settings; repairs are held back")
        case .strayed(let interface):
            Sentence(
                "strayed", ["interface": interface],
                "new sessions leave by \(interface), which is no WAN: somebody's default route there comes before ours (ip route)")
        case .clientsStray(let way): way.sentence
        case .barred:
            Sentence(
                "barred",
                "nothing leaves the box: somebody's rule or route refuses it before our routes are asked (ip rule; ip route get 192.0.0.8)")
        case .lanMissing(let interface):
            Sentence(
                "lan-missing", ["interface": interface],
                "there is no LAN interface \(interface), so nothing is forwarded from it; it is picked up when it appears")
        case .severalFit(let wan, let match, let names, let used):
            Sentence(
                "several-interfaces",
                [
                    "wan": wan, "match": match, "interfaces": names.map(\.description).joined(separator: ","), "used": used,
                ],
                "\(enumeration(names.map(\.description), "and")) fit \(wan)\(match.map { " (\($0))" } ?? ""); "
                    + (used.map { "\($0) is used, since it was there first" } ?? "none of them is used")
                    + ": add what tells them apart to its 'match', such as the path ('uplinkctl interfaces' has it)")
        case .interfaceTaken(let wan, let interface, let other):
            Sentence(
                "interface-of-two", ["wan": wan, "interface": interface, "by": other],
                "\(interface) is what \(wan) means, and belongs to \(other?.description ?? "the LAN"): each has an interface of its own")
        case .overlapping(let lan, let network, let wan, let wanNetwork):
            Sentence(
                "overlapping", ["lan": lan, "network": network, "wan": wan, "wan_network": wanNetwork],
                "the LAN \(lan) (\(network)) and \(wan) (\(wanNetwork)) are in one network, so neither works reliably: give the LAN another one, such as 192.168.88.0/24"
            )
        case .targetsBlocked(let wan):
            Sentence(
                "targets-blocked", ["wan": wan],
                "\(wan) answers none of its targets, but a name and a page come by it: what asks is blocked there (pings are, at some providers), so its faults aren't seen; give it a target that passes, such as tcp: 1.1.1.1:443"
            )
        case .targetInLAN(let wan, let target, let lan):
            Sentence(
                "target-in-lan", ["wan": wan, "target": target, "lan": lan],
                "\(target), which is to prove \(wan), lies in the LAN's own network (\(lan)): it says nothing about that WAN; choose another target"
            )
        case .notForwarded(let interface):
            Sentence(
                "not-forwarded", ["interface": interface],
                "\(interface) forwards nothing, so clients are cut off: sysctl -w net.ipv4.conf.\(interface).forwarding=1")
        case .lanNotForwarded6:
            Sentence("lan-not-forwarded-ipv6", "IPv6 of the LAN isn't forwarded: sysctl -w net.ipv6.conf.all.forwarding=1")
        case .advertisementsRefused(let interface):
            Sentence(
                "advertisements-refused", ["interface": interface],
                "\(interface) takes no router advertisements while it forwards: sysctl -w net.ipv6.conf.\(interface).accept_ra=2")
        case .sessionsStuck(let error):
            Sentence("sessions-stuck", ["error": error], "sessions of a WAN that fails can't be deleted: \(error)")
        case .socketsHold(let wan, let sockets):
            Sentence(
                "sockets-hold", ["wan": wan, "sockets": sockets.count, "ports": sockets.map(\.description).joined(separator: ",")],
                "\(sockets.count == 1 ? "1 socket" : "\(sockets.count) sockets") of this box's own programs stay\(sockets.count == 1 ? "s" : "") on \(wan), though its "
                    + "drain is over (\(sockets.listed)): bound to its address, which no router can change; `ss -aunpt` says whose, restart those programs"
            )
        case .resolverSilent(let wan, let fault, let resolvers): fault.sentence(of: resolvers, by: wan)
        case .largeLost(let wan, let family, let found, let clamp): found.lostSentence(wan, family, clamp)
        case .firewall(let place, let problem): Self.sentence(place, problem)
        case .configurationRefused(let problems): Self.refused(problems)
        case .stateUnwritten(let error):
            Sentence(
                "state-unwritten", ["error": error],
                "what was there before us can't be written down, so a teardown after a crash may be incomplete: \(error)")
        case .box(let problem): Sentence("box", ["problem": problem], problem)
        }
    }

    /// The first error, without its excerpt: it has the file, the line and what is wrong.
    private static func refused(_ problems: [String]) -> Sentence {
        let errors = problems.filter { !$0.contains(": warning: ") }
        let first = errors.first.map { ": " + $0.prefix { !$0.isNewline } } ?? ""
        let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
        return Sentence(
            "configuration-refused", ["problem": first.isEmpty ? nil : String(first.dropFirst(2))],
            "the configuration file was refused at the last reload\(first)\(more); the one before is in force, and uplinkd wouldn't start with this one: 'uplinkctl check' shows all of it"
        )
    }

    private static func sentence(_ place: FirewallPlace, _ problem: FirewallProblem) -> Sentence {
        var arguments = problem.sentence.asArgument("problem")
        arguments["place"] = place.name
        if place.holdsFastPath {
            return Sentence(
                "no-fastpath", arguments,
                "'fastpath: on' has no effect, every packet goes the whole way, which is slower and nothing else: \(problem.text)")
        }
        guard place.holdsNAT || place.holdsMarks else {
            return Sentence(
                "no-refusal", arguments,
                "packets\(place.isIPv6 ? " of IPv6" : "") without a session leave with their source on the LAN, and TCP may hang at a failover: "
                    + problem.text)
        }
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

extension ResolverFault {
    fileprivate func sentence(of resolvers: [IPAddress], by wan: WANName) -> Sentence {
        let list = resolvers.map(\.description).joined(separator: ", ")
        let what =
            switch self {
            case .silent: "doesn't answer by \(wan)"
            case .elsewhere: "can't be asked by \(wan): it is in another WAN's own network, or needs IPv6"
            }
        return Sentence(
            "resolver-silent", ["wan": wan, "resolvers": list],
            "the box's own resolver (\(list)) \(what). While \(wan) alone works, this box and clients that ask it find no names; add a public one "
                + "(`nameserver 1.1.1.1` in /etc/resolv.conf, or `DNS=` in /etc/systemd/resolved.conf)")
    }
}

extension Sentence {
    /// A clause, such as a problem's wording, as a sentence of its own.
    var asEvent: Sentence {
        var event = self
        event.text = text.prefix(1).uppercased() + text.dropFirst() + "."
        return event
    }
}

extension PathSize.Found {
    /// An event.
    func sentence(_ wan: WANName, _ family: IPFamily, _ clamp: SegmentClamp) -> Sentence {
        guard isTold else { return lostSentence(wan, family, clamp) }
        return Sentence(
            "mtu-told", ["wan": wan, "family": family.rawValue, "size": size, "mtu": whole],
            "By \(wan) packets of IP\(family.rawValue) of up to \(size) bytes pass, as a router says (its interface takes \(whole)).")
    }

    /// The fault `mtu`.
    func lostSentence(_ wan: WANName, _ family: IPFamily, _ clamp: SegmentClamp) -> Sentence {
        let tcp =
            clamp.fits(size, family)
            ? "TCP keeps to what passes (`mss: \(clamp)`), but VPNs and the like may stall"
            : "downloads stall (`mss: \(clamp)`)"
        return Sentence(
            "mtu", ["wan": wan, "family": family.rawValue, "size": size, "mtu": whole, "mss": clamp],
            "\(wan) loses packets of IP\(family.rawValue) of more than \(size) bytes without a word (its interface takes \(whole)): "
                + "\(tcp); set its interface's MTU to \(size)")
    }
}

extension ClientWay {
    fileprivate var sentence: Sentence {
        let culprit = [rule.map { "rule \($0)" }, table.map { "table \($0)" }].compactMap { $0 }.joined(separator: ", ")
        let look = family == .v4 ? "ip rule; ip route show table all" : "ip -6 rule; ip -6 route show table all"
        let whose = family == .v4 ? "clients of \(lan)" : "clients of \(lan) by IPv6"
        let what = interface.map { "leave by \($0), whichever WAN is selected" } ?? "can't get out"
        return Sentence(
            "clients-stray", ["lan": lan, "family": family.rawValue, "interface": interface, "rule": rule, "table": table],
            "\(whose) \(what): somebody's rule or route for them comes before ours (\(culprit.isEmpty ? "" : culprit + "; ")\(look))")
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
