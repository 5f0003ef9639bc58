import Model

/// How WANs are probed, as read: for all of them, or what one has of its own.
struct ProbeDraft {
    var profile = Entry<ProbeProfile>.absent
    var targets = Entry<[Located<Target>]>.absent
    var interval = Entry<Duration>.absent
    var meteredInterval = Entry<Duration>.absent
    var timeout = Entry<Duration>.absent
    var minimumRTO = Entry<Duration>.absent
    var burstInterval = Entry<Duration>.absent
    var quorum = Entry<Int>.absent
    var hold = Entry<Duration>.absent
    var thresholds = ThresholdsDraft()
    var budget = Entry<Int?>.absent
    var readiness = ReadinessDraft()

    /// What a profile stands for. A profile is the same as these keys written in its place, less those that stand beside it; so a WAN's own
    /// comes before keys for all WANs.
    static var ofProfile: [WritableKeyPath<ProbeDraft, Entry<Duration>>] { [\.interval, \.minimumRTO, \.burstInterval] }

    func over(_ common: ProbeDraft) -> ProbeDraft {
        var merged = self
        merged.profile = profile.or(common.profile)
        merged.targets = targets.or(common.targets)
        merged.meteredInterval = meteredInterval.or(common.meteredInterval)
        merged.timeout = timeout.or(common.timeout)
        merged.quorum = quorum.or(common.quorum)
        merged.hold = hold.or(common.hold)
        merged.thresholds = thresholds.over(common.thresholds)
        merged.budget = budget.or(common.budget)
        merged.readiness = readiness.over(common.readiness)
        guard profile.isAbsent else { return merged }
        for key in Self.ofProfile { merged[keyPath: key] = self[keyPath: key].or(common[keyPath: key]) }
        return merged
    }

    /// nil: the profile is wrong, so nobody knows.
    var defaults: ProbeSettings? { profile.value(default: .normal)?.settings }

    /// The targets, whether given or not; nil if they are wrong.
    var targetValues: [Target]? {
        if case .absent = targets { ProbeSettings().targets } else { targets.value()?.map(\.value) }
    }

    var settings: ProbeSettings? {
        guard let defaults, let targets = targetValues, let interval = interval.value(default: defaults.interval),
            let meteredInterval = meteredInterval.value(default: defaults.meteredInterval),
            let timeout = timeout.value(default: defaults.timeout), let minimumRTO = minimumRTO.value(default: defaults.minimumRTO),
            let burstInterval = burstInterval.value(default: defaults.burstInterval), let quorum = quorum.value(default: defaults.quorum),
            let hold = hold.value(default: defaults.hold), let thresholds = thresholds.thresholds,
            let budget = budget.value(default: defaults.budget), let readiness = readiness.settings
        else { return nil }
        return ProbeSettings(
            targets: targets, interval: interval, meteredInterval: meteredInterval, timeout: timeout, minimumRTO: minimumRTO,
            burstInterval: burstInterval, quorum: quorum, hold: hold, thresholds: thresholds, budget: budget,
            readiness: readiness)
    }
}
