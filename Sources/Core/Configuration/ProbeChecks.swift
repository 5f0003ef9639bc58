import Model

/// The checks of how one WAN is probed: what is for all WANs, and over that what it has of its own. What is wrong for all is found for each, and
/// told once.
extension FileDraft {
    func checkProbing(_ problems: inout Problems) {
        // Without a WAN, all problems in one run all the same.
        if wans.isEmpty { ProbeCheck(common: probe, wan: nil).check(&problems) }
        for wan in wans { ProbeCheck(common: probe, wan: wan).check(&problems) }
    }
}

private struct ProbeCheck {
    let common: ProbeDraft
    let wan: WANDraft?
    let own: ProbeDraft
    let probe: ProbeDraft

    init(common: ProbeDraft, wan: WANDraft?) {
        self.common = common
        self.wan = wan
        own = wan?.probe ?? ProbeDraft()
        probe = wan?.probe(over: common) ?? own.over(common)
    }

    func check(_ problems: inout Problems) {
        checkProfile(&problems)
        checkQuorum(&problems)
        checkMeteredInterval(&problems)
        checkTimeout("min-rto", \.minimumRTO, \.minimumRTO, &problems)
        checkTimeout("burst-interval", \.burstInterval, \.burstInterval, &problems)
        checkServices(&problems)
        probe.readiness.check(&problems)
        checkCost(&problems)
    }

    /// Where one of two keys has to be changed: at what the WAN has of its own, else at what is for all.
    private func place(_ first: Mark?, _ second: Mark?, _ commonFirst: Mark?, _ commonSecond: Mark?) -> Mark? {
        first ?? second ?? commonFirst ?? commonSecond
    }

    /// ` for WAN 'telkom'` where another WAN has it otherwise.
    private func scope(_ isOwn: Bool) -> String {
        guard isOwn, let wan else { return "" }
        return " for WAN \(quoted(wan.name.value))"
    }

    /// Else whoever changes the profile in a file with every key in it would wait in vain for something to change.
    private func checkProfile(_ problems: inout Problems) {
        for level in [common, own] {
            guard case .given(let profile, let mark) = level.profile else { continue }
            let given = ProbeDraft.ofProfile.map { level[keyPath: $0].value() }
            let meant = [profile.settings.interval, profile.settings.minimumRTO, profile.settings.burstInterval]
            guard given.allSatisfy({ $0 != nil }), given != meant else { continue }
            problems.warning(
                "'profile' changes nothing: 'interval', 'min-rto' and 'burst-interval' are all given beside it", at: mark,
                hint: "leave out those, or 'profile'")
        }
    }

    private func checkQuorum(_ problems: inout Problems) {
        guard case .given(let quorum, let mark) = probe.quorum, let targets = probe.targetValues else { return }
        let scope = scope(!own.targets.isAbsent || !own.quorum.isAbsent)
        let reach = targets.count { !$0.question.isLocal && !$0.question.isService }
        let services = targets.count { $0.question.isService }
        if reach == 0, services == 0 {
            guard quorum > 1 else { return }
            problems.error(
                "'quorum' has to be 1 when \(targets == [.gateway] ? "'gateway' is the only target" : "no target is beyond the gateway"), "
                    + "not \(quorum)\(scope)",
                at: mark, hint: "add targets beyond the gateway")
            return
        }
        let count = reach > 0 ? reach : services
        guard quorum > count else { return }
        let kind = reach > 0 && services > 0 ? " of kind 'icmp' or 'tcp'" : ""
        problems.error(
            "'quorum' is \(quorum), but there \(count == 1 ? "is 1 target" : "are \(count) targets")\(kind) beyond the gateway\(scope)",
            at: mark,
            hint: "no WAN would ever be up: lower it to \(count) or less, or add targets")
    }

    private func checkMeteredInterval(_ problems: inout Problems) {
        guard let defaults = probe.defaults, let interval = probe.interval.value(default: defaults.interval),
            let metered = probe.meteredInterval.value(default: defaults.meteredInterval), metered < interval
        else { return }
        // A WAN that isn't metered may be asked rarely without having to say what it would be if it were.
        if own.meteredInterval.isAbsent, !own.interval.isAbsent, wan?.isMetered.value() != true { return }
        let scope = scope(own.meteredInterval.isAbsent != own.interval.isAbsent)
        // A default can't be the mistake: what is pointed at is what was written.
        if let mark = own.meteredInterval.mark ?? (own.interval.mark == nil ? probe.meteredInterval.mark : nil) {
            problems.error(
                "'metered-interval' is \(metered.text), shorter than 'interval' (\(interval.text))\(scope)", at: mark,
                hint: "a metered WAN is to be probed less often than others, not more")
        } else {
            let isDefault = probe.meteredInterval.isAbsent ? " by default" : ""
            problems.error(
                "'interval' is \(interval.text), longer than 'metered-interval' (\(metered.text)\(isDefault))\(scope)",
                at: probe.interval.mark,
                hint: "write 'metered-interval: \(interval.text)' or more as well")
        }
    }

    private func checkTimeout(
        _ name: String, _ path: KeyPath<ProbeDraft, Entry<Duration>>, _ standard: KeyPath<ProbeSettings, Duration>,
        _ problems: inout Problems
    ) {
        guard let defaults = probe.defaults, let value = probe[keyPath: path].value(default: defaults[keyPath: standard]),
            let timeout = probe.timeout.value(default: defaults.timeout), value > timeout
        else { return }
        problems.error(
            "'\(name)' is \(value.text), longer than 'timeout' (\(timeout.text))\(scope(own[keyPath: path].isAbsent != own.timeout.isAbsent))",
            at: place(own[keyPath: path].mark, own.timeout.mark, probe[keyPath: path].mark, probe.timeout.mark),
            hint: "after 'timeout' nobody waits for an answer any more: lower '\(name)', or raise 'timeout'")
    }

    /// An echo may be asked again while its answer is still waited for. To do so to a service would only pile up work at the other end.
    private func checkServices(_ problems: inout Problems) {
        guard let settings = probe.settings else { return }
        for target in probe.targets.readable ?? [] where target.value.question.isService {
            let (interval, timeout) = (settings.interval(of: target.value), settings.timeout(of: target.value))
            guard timeout > interval else { continue }
            problems.warning(
                "\(quoted(target.value.description)) is asked every \(interval.text), but its answer may take \(timeout.text)",
                at: target.mark, hint: "give it a 'timeout' of \(interval.text) or less, or a longer 'interval'")
        }
    }

    private func checkCost(_ problems: inout Problems) {
        guard let settings = probe.settings else { return }
        if let budget = settings.budget, budget < settings.smallestBudget {
            // Rounded up to what a person would write, so that what the hint says will do does.
            let needed = (settings.smallestBudget + 999) / 1000 * 1000
            problems.error(
                "a 'budget' of \(sizeText(budget)) a month is too small\(scope(!own.isSilentOnCost)): targets would be asked less than once an hour",
                at: probe.budget.mark, hint: "it has to be \(sizeText(needed)) at least; or take fewer targets, or longer intervals")
        } else if let wan, case .given(true, let mark) = wan.isMetered {
            let daily = (settings.bytesPerMonth(isResting: true) + settings.readinessBytesPerMonth) / 30
            guard daily > 1_000_000 else { return }
            problems.warning(
                "to probe \(quoted(wan.name.value)) while it stands by costs \(roughSizeText(daily)) a day", at: mark,
                hint: "a longer 'metered-interval', fewer targets or a 'budget' makes it less")
        }
    }
}

extension ProbeDraft {
    /// It has no key that the cost depends on.
    fileprivate var isSilentOnCost: Bool { profile.isAbsent && targets.isAbsent && interval.isAbsent && budget.isAbsent }
}
