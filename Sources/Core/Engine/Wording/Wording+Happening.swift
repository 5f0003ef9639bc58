package import Model

extension Happening {
    package var kind: Kind {
        switch self {
        case .healthChanged, .ipv6Changed: .health
        case .switched, .ipv6Switched, .operatorChose: .selection
        case .sessionsMoved, .sessionsStuck, .clientsTold, .socketsHold: .sessions
        case .drill, .drillJudged: .drill
        case .ready, .unready, .resolverSilent, .resolverAnswers: .readiness
        case .pathSize: .path
        case .repaired, .repairsHeld: .repair
        case .strayed, .kernelUnreadable, .kernelRefused: .kernel
        case .firewallMissing, .firewallRestored, .firewallHeld, .firewallApplied, .drillRulesApplied, .boxWarning: .firewall
        case .started, .inOrder: .daemon
        case .configurationRefused, .configurationRead: .configuration
        case .reported: .report
        }
    }

    package var severity: Severity {
        switch self {
        case .healthChanged(let change), .ipv6Changed(let change):
            switch change.health {
            case .absent, .noCarrier, .noGateway, .impaired: .warning
            case .down: change.fault == nil ? .info : .warning
            case .up: change.before == .suspect ? .info : .notice
            case .suspect, .unknown, .recovering: .info
            }
        case .switched(let one):
            if one.to == nil {
                .error
            } else {
                one.from != nil && one.direction == .failover && !one.isOperators ? .warning : .notice
            }
        case .ipv6Switched(let one): one.direction == .failover && one.reason != .pinned ? .warning : .notice
        case .drill(let step):
            if case .over(.noFailover, _, _) = step.what {
                .warning
            } else if case .over(.noFailback, _, _) = step.what {
                .warning
            } else {
                .notice
            }
        case .drillJudged(let verdict, _): verdict.outcome == .passed ? .notice : .warning
        case .reported(_, _, _, let isAnybodyBroken): isAnybodyBroken ? .warning : .notice
        case .kernelUnreadable, .kernelRefused, .firewallMissing, .configurationRefused: .error
        case .sessionsStuck, .socketsHold, .unready, .resolverSilent, .repairsHeld, .strayed, .firewallHeld, .boxWarning: .warning
        case .sessionsMoved, .ready, .resolverAnswers, .repaired, .firewallRestored, .firewallApplied, .drillRulesApplied, .started,
            .inOrder,
            .configurationRead, .operatorChose:
            .notice
        case .pathSize(_, _, let found, _): found.map { $0.isTold } ?? true ? .notice : .warning
        case .clientsTold(_, let outcome): outcome.problem == nil ? .info : .warning
        }
    }

    /// Whose it is.
    package var wan: WANName? {
        switch self {
        case .healthChanged(let change), .ipv6Changed(let change): change.wan
        case .switched(let one): one.to
        case .ipv6Switched(let one): one.to
        case .sessionsMoved(let moved): moved.from
        case .sessionsStuck(let wan, _), .clientsTold(let wan, _), .operatorChose(let wan), .reported(_, let wan, _, _): wan
        case .drill(let step): step.wan
        case .ready(let wan), .unready(let wan, _), .pathSize(let wan, _, _, _): wan
        case .socketsHold(let wan, _), .resolverSilent(let wan, _, _), .resolverAnswers(let wan): wan
        case .repaired, .repairsHeld, .strayed, .kernelUnreadable, .kernelRefused, .firewallMissing, .firewallRestored, .firewallHeld,
            .firewallApplied, .drillRulesApplied, .started, .inOrder, .configurationRefused, .configurationRead, .boxWarning, .drillJudged:
            nil
        }
    }

    package var message: String { sentence.text }

    /// Its arguments are the details of the event: on the wire, in the log, and as UPLINKD_DETAIL_* of hooks. So none goes, and none changes its sense.
    package var sentence: Sentence {
        switch self {
        case .healthChanged(let change): change.sentence
        case .ipv6Changed(let change):
            Sentence(
                "ipv6-health", ["ipv6": change.health.rawValue, "was": change.before?.rawValue, "fault": change.fault?.rawValue],
                "IPv6 by \(change.wan) is \(change.condition).")
        case .switched(let one): one.sentence
        case .ipv6Switched(let one): one.sentence
        case .sessionsMoved(let moved): moved.sentence
        case .sessionsStuck(let wan, let error):
            Sentence(
                "sessions-stuck", ["error": error],
                "\(wan.map { "The sessions of \($0)" } ?? "Sessions without masquerade") can't be deleted, and move by themselves at best: \(error)"
            )
        case .clientsTold(_, let outcome): outcome.sentence
        case .drill(let step): step.sentence
        case .socketsHold(let wan, let sockets): StatusProblem.socketsHold(wan, sockets).sentence.asEvent
        case .resolverSilent(let wan, let fault, let resolvers): StatusProblem.resolverSilent(wan, fault, resolvers).sentence.asEvent
        case .resolverAnswers(let wan):
            Sentence("resolver-answers", ["wan": wan], "The box's own resolver answers by \(wan).")
        case .ready(let wan): Sentence("ready", "\(wan) is ready to take over again.")
        case .unready(let wan, let problem):
            Sentence(
                "unready", problem.sentence.asArgument("problem"),
                "\(wan) answers, but isn't ready to take over: \(problem)")
        case .pathSize(let wan, let family, let found?, let clamp): found.sentence(wan, family, clamp)
        case .pathSize(let wan, let family, nil, _):
            Sentence("mtu-whole", ["family": family.rawValue], "By \(wan) packets of IP\(family.rawValue) of full size pass again.")
        case .repaired(let commands):
            Sentence("repaired", ["commands": commands.joined(separator: "; ")], "Put right what somebody else changed.")
        case .repairsHeld:
            Sentence(
                "repairs-held", "Somebody else keeps changing our routes: repairs are held back. Is another daemon managing them?")
        case .strayed(let interface):
            Sentence(
                "strayed", ["interface": interface],
                "New sessions leave by \(interface), which is no WAN: somebody's default route comes before ours.")
        case .kernelUnreadable(let error): Sentence("kernel-unreadable", ["error": error], "The kernel can't be read: \(error).")
        case .kernelRefused(let error): Sentence("kernel-refused", ["error": error], "The kernel refused: \(error).")
        case .firewallMissing(let place, let error):
            Sentence("firewall-missing", ["place": place.name, "error": error], "\(place.whatItDoes) isn't in place: \(error)")
        case .firewallRestored(let place):
            Sentence("firewall-restored", ["place": place.name], "\(place.whatItDoes) is in place again.")
        case .firewallHeld(let place):
            Sentence(
                "firewall-held", ["place": place.name],
                "Somebody else keeps changing our rules: repairs are held back. Look with \(place.look).")
        case .firewallApplied(let place, let commands):
            Sentence(
                "firewall-applied", ["place": place.name, "commands": commands], "\(place.whatItDoes) is being put in place.")
        case .drillRulesApplied(_, let commands):
            Sentence("drill-rules", ["commands": commands], "The rules of a drill come and go.")
        case .started(let facts): facts.sentence
        case .inOrder(let after):
            Sentence("in-order", ["after_ms": after.nanoseconds / 1_000_000], "Routes, rules and NAT are in order.")
        case .configurationRefused(let problems):
            Sentence(
                "configuration-refused", ["problems": problems.joined(separator: "\n")],
                "The configuration was refused; the one before stays in force.")
        case .configurationRead(let changes):
            Sentence(
                "configuration-read", ["changes": changes.joined(separator: "\n")],
                changes.isEmpty ? "The configuration was read again; nothing has changed." : "The configuration has changed.")
        case .operatorChose(let wan):
            Sentence("operator-chose", ["wan": wan], wan.map { "The operator chose \($0)." } ?? "The operator gave the choice back.")
        case .boxWarning(let problem): Sentence("box-warning", ["problem": problem], "On this box \(problem).")
        case .reported(let id, _, let headline, _): Sentence("reported", ["report": id], headline)
        case .drillJudged(let verdict, let message):
            Sentence(
                "drill-judged", ["step": "result", "outcome": verdict.outcome.rawValue, "verdict": verdict.sentence.code],
                "\(message) \(verdict.sentence.text)")
        }
    }
}

extension Happening.HealthChange {
    fileprivate var sentence: Sentence {
        Sentence(
            "health",
            [
                "health": health.rawValue, "was": before?.rawValue, "fault": fault?.rawValue, "carried": carried ? true : nil,
                "loss_percent": loss.map { ($0 * 1000).rounded() / 10 },
                "round_trip_ms": roundTrip.map { Double($0.nanoseconds / 10_000) / 100 },
            ], "\(wan) is \(condition).")
    }
}

extension Switch {
    fileprivate var sentence: Sentence {
        var arguments = reason.sentence.asArgument("reason")
        arguments["from"] = from
        arguments["to"] = to
        arguments["drill"] = drill
        arguments["switch"] = from != nil && to != nil ? direction.rawValue : nil
        arguments["applied_us"] = applied.map { $0.nanoseconds / 1000 }
        arguments["report"] = report
        guard let to else { return Sentence("none-selected", arguments, "No WAN can be used: \(reason).") }
        guard let from else { return Sentence("selected", arguments, "\(to) is selected: \(reason).") }
        if isOperators { return Sentence("switched", arguments, "Switched from \(from) to \(to): \(reason).") }
        switch direction {
        case .failover: return Sentence("failover", arguments, "Failover from \(from) to \(to): \(reason).")
        case .failback: return Sentence("failback", arguments, "Failback from \(from) to \(to): \(reason).")
        }
    }
}

extension IPv6Switch {
    fileprivate var sentence: Sentence {
        var arguments = reason.sentence.asArgument("reason")
        arguments["from"] = from
        arguments["to"] = to
        guard let to else { return Sentence("ipv6-none", arguments, "IPv6 works by no WAN: \(reason).") }
        return Sentence("ipv6-moved", arguments, "IPv6 goes\(from.map { " from \($0)" } ?? "") to \(to): \(reason).")
    }
}

extension Happening.SessionsMoved {
    fileprivate var sentence: Sentence {
        let sessions = (family.map { $0 == .v4 ? "IPv4 " : "IPv6 " } ?? "") + (count == 1 ? "session" : "sessions")
        guard let from else {
            return Sentence(
                "unmasqueraded-moved", ["sessions": count], "\(count) \(sessions) that began without masquerade will begin anew.")
        }
        return Sentence(
            "sessions-moved", ["sessions": count, "family": family?.rawValue, "from": from, "to": to],
            "\(count) \(sessions) moved from \(from)\(to.map { " to \($0)" } ?? "")\(isDrained ? ": their time there was over" : "").")
    }
}

extension Happening.Facts {
    fileprivate var sentence: Sentence {
        Sentence(
            "started",
            [
                "config": configuration, "control": control, "min_stay": settings.minimumStay.text,
                "wans": settings.wans.map { "\($0.name):\($0.interface):\($0.metric)" }.joined(separator: ","),
                "probes": settings.wans.map { "\($0.name): \($0.probe.summary)" }.joined(separator: "; "),
            ], "uplinkd \(version) starts.")
    }
}

extension TellingOutcome {
    package var sentence: Sentence {
        func sessions(_ count: Int) -> String { count == 1 ? "1 TCP session" : "\(count) TCP sessions" }
        var parts: [String] = []
        if told > 0 {
            parts.append("the clients of \(sessions(told)) were told that they are over: \(answered) answered, \(silent) stayed silent")
        }
        if untold > 0 { parts.append("those of \(sessions(untold)) couldn't be told") }
        if own > 0 { parts.append("\(sessions(own)) of the box's own ended") }
        if let problem { parts.append("it didn't go as it should: \(problem)") }
        return Sentence(
            "clients-told",
            ["told": told, "answered": answered, "silent": silent, "untold": untold, "own": own, "problem": problem],
            parts.joined(separator: "; ")
        ).asEvent
    }
}

extension FirewallPlace {
    fileprivate var whatItDoes: String {
        (holdsNAT ? "Masquerade" : holdsMarks ? "Marking" : holdsFastPath ? "The fast path" : "Refusal of packets without a session")
            + (isIPv6 ? " of IPv6" : "")
    }
}
