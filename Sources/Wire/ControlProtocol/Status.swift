/// Everything that `uplinkctl status` shows: `type StatusReport` of net.uplinkd.
package struct Status: Codable, Equatable, Sendable {
    package var version: String
    package var pid: Int
    /// When the daemon started, as all times on the wire: `wireTime`.
    package var started: String
    package var configurationFile: String
    package var selection: SelectionStatus
    /// By metric, the first choice first.
    package var wans: [WANStatus]
    package var nat: NATStatus
    /// What a drill plays now, a sentence. nil: there is none.
    package var drill: String?
    /// What an administrator has to see at once, each a sentence.
    package var problems: [String]
    /// Totals since the start: `probes_sent`, `switches`, … New ones come without notice.
    package var counters: [String: Int]

    package init(
        version: String = Version.current, pid: Int, started: String, configurationFile: String, selection: SelectionStatus,
        wans: [WANStatus], nat: NATStatus, drill: String? = nil, problems: [String], counters: [String: Int]
    ) {
        self.version = version
        self.pid = pid
        self.started = started
        self.configurationFile = configurationFile
        self.selection = selection
        self.wans = wans
        self.nat = nat
        self.drill = drill
        self.problems = problems
        self.counters = counters
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case version, pid, started, selection, wans, nat, drill, problems, counters
        case configurationFile = "configuration_file"
    }
}

/// Which WAN carries new sessions now, and why: `type Selection`.
package struct SelectionStatus: Codable, Equatable, Sendable {
    /// nil: none does.
    package var wan: String?
    /// A phrase without a full stop that stands after a colon: `first choice`, `telkom is down: upstream silent`.
    package var reason: String
    package var since: String
    /// Somebody chose it with `uplinkctl switch WAN`; it stays until `uplinkctl switch auto`.
    package var pinned: Bool

    package init(wan: String?, reason: String, since: String, pinned: Bool) {
        self.wan = wan
        self.reason = reason
        self.since = since
        self.pinned = pinned
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case wan, reason, since, pinned }
}

/// The state of our NAT rules: `type NAT`.
package struct NATStatus: Codable, Equatable, Sendable {
    package var ok: Bool
    /// `nft` or `legacy`. nil: not known yet.
    package var variant: String?
    /// Why it isn't ok, a sentence.
    package var problem: String?

    package init(ok: Bool, variant: String?, problem: String?) {
        self.ok = ok
        self.variant = variant
        self.problem = problem
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case ok, variant, problem }
}
