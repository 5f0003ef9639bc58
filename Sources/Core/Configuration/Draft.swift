import Model

/// What became of one key: left out, wrong (and reported), or read. The checks between keys need to know which: a key that was
/// left out has its default, one that is wrong has no value at all, and comparing with it would only make follow-up errors.
enum Entry<Value> {
    case absent
    case refused
    /// A list in which some items are wrong: the others.
    case partly(Value)
    case given(Value, Mark)

    /// nil if the key is wrong, or left out and without a default.
    func value(default standard: Value? = nil) -> Value? {
        switch self {
        case .absent: standard
        case .refused, .partly: nil
        case .given(let value, _): value
        }
    }

    /// What could be read, if only in part: for checks of one item, not for those of the whole.
    var readable: Value? {
        switch self {
        case .absent, .refused: nil
        case .partly(let value), .given(let value, _): value
        }
    }

    var mark: Mark? {
        if case .given(_, let mark) = self { mark } else { nil }
    }

    var isAbsent: Bool { if case .absent = self { true } else { false } }
    func or(_ other: Entry) -> Entry { isAbsent ? other : self }
}

struct Located<Value> {
    var value: Value
    var mark: Mark
}

/// The configuration as read, before the checks between keys.
struct FileDraft {
    var lan = LANDraft()
    var wans: [WANDraft] = []
    var probe = ProbeDraft()
    var minimumStay = Entry<Duration>.absent
    var firewall = Entry<FirewallBackend>.absent
    var iptables = Entry<IPTablesVariant>.absent
    var markMask = Entry<MarkMask>.absent
    var reports = Entry<Reporting>.absent
    var tellsClients = Entry<Telling>.absent
    var fastPath = Entry<FastPathUse>.absent
    var language = Entry<Language>.absent

    /// The defaults of `Settings.swift` are the only ones: nothing here repeats them.
    static let defaults = Settings(lan: [], wans: [])

    /// nil only if a required key is missing or any is wrong, which has been reported by then.
    var settings: Settings? {
        guard let interfaces = lan.interfaces.value(), let leases = lan.leases.value(default: Self.defaults.leases),
            let minimumStay = minimumStay.value(default: Self.defaults.minimumStay),
            let firewall = firewall.value(default: Self.defaults.firewall), let iptables = iptables.value(default: Self.defaults.iptables),
            let markMask = markMask.value(default: Self.defaults.markMask), let reports = reports.value(default: Self.defaults.reports),
            let tellsClients = tellsClients.value(default: Self.defaults.tellsClients),
            let fastPath = fastPath.value(default: Self.defaults.fastPath), let service = lan.service,
            let language = language.value(default: Self.defaults.language)
        else { return nil }
        let wans = wans.compactMap { $0.settings(common: probe) }
        guard wans.count == self.wans.count else { return nil }
        return Settings(
            lan: interfaces.map(\.value), wans: wans, minimumStay: minimumStay, firewall: firewall, iptables: iptables, markMask: markMask,
            reports: reports, tellsClients: tellsClients, fastPath: fastPath, leases: leases, lanService: service, language: language)
    }
}

struct WANDraft {
    var name: Located<String>
    var number: Int
    var interface = Entry<InterfaceName>.absent
    var match = MatchDraft()
    var metric = Entry<UInt32>.absent
    var gateway = Entry<IPv4Address?>.absent
    var isMetered = Entry<Bool>.absent
    var ipv6 = Entry<IPv6Handling>.absent
    var drain = Entry<Duration?>.absent
    var drainClasses = Entry<[Located<DrainClass>]>.absent
    var mss = Entry<SegmentClamp>.absent
    /// What this WAN has of its own.
    var probe = ProbeDraft()

    func settings(common: ProbeDraft) -> WANSettings? {
        guard let name = WANName(name.value), let (interface, match) = means, let metric = metric.value(),
            let probe = probe(over: common).settings
        else { return nil }
        // A metered WAN has another default for `drain`.
        guard let isMetered = isMetered.value(default: false) else { return nil }
        var settings = WANSettings(
            name: name, interface: interface, match: match, metric: metric, isMetered: isMetered, number: number, probe: probe)
        guard let gateway = gateway.value(default: settings.gateway), let ipv6 = ipv6.value(default: settings.ipv6),
            let limit = drain.value(default: settings.drain.limit), let classes = drainClasses.value(default: []),
            let mss = mss.value(default: settings.mss)
        else { return nil }
        settings.gateway = gateway
        settings.ipv6 = ipv6
        settings.mss = mss
        settings.drain = Drain(limit: limit, classes: classes.map(\.value))
        return settings
    }
}
