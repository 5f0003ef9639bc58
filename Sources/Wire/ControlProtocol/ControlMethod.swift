package import Varlink

/// The methods of net.uplinkd.
package enum ControlMethod {
    package static let interface = VarlinkInterface("net.uplinkd", description: controlDescription)
    package static let status = VarlinkMethod<NoParameters, StatusReply>("net.uplinkd.Status")
    package static let watch = VarlinkMethod<NoParameters, StatusReply>("net.uplinkd.Watch")
    package static let events = VarlinkMethod<EventsParameters, EventsReply>("net.uplinkd.Events")
    package static let explain = VarlinkMethod<ExplainParameters, ExplainReply>("net.uplinkd.Explain")
    package static let quality = VarlinkMethod<QualityParameters, QualityReply>("net.uplinkd.Quality")
    package static let clients = VarlinkMethod<NoParameters, ClientsReply>("net.uplinkd.Clients")
    package static let reports = VarlinkMethod<ReportsParameters, ReportsReply>("net.uplinkd.Reports")
    package static let metrics = VarlinkMethod<NoParameters, MetricsReply>("net.uplinkd.Metrics")
    package static let samples = VarlinkMethod<SamplesParameters, SamplesReply>("net.uplinkd.Samples")
    package static let probe = VarlinkMethod<ProbeParameters, ProbeReply>("net.uplinkd.Probe")
    package static let `switch` = VarlinkMethod<SwitchParameters, SwitchReply>("net.uplinkd.Switch")
    package static let drill = VarlinkMethod<DrillParameters, DrillReply>("net.uplinkd.Drill")
    package static let reload = VarlinkMethod<NoParameters, ReloadReply>("net.uplinkd.Reload")
}

package struct EventsParameters: CallParameters {
    /// Only so many of the latest. nil: all that the daemon keeps.
    package var last: Int?
    /// And then every new one as it happens.
    package var follow: Bool?

    package static let known = ["last", "follow"]
    package init(last: Int? = nil, follow: Bool? = nil) {
        self.last = last
        self.follow = follow
    }
}

package struct ExplainParameters: CallParameters {
    /// `WAN=STATE` each: what would happen then. nil: why things are as they are.
    package var suppositions: [String]?

    package static let known = ["if"]
    package init(suppositions: [String]? = nil) { self.suppositions = suppositions }

    enum CodingKeys: String, CodingKey { case suppositions = "if" }
}

package struct QualityParameters: CallParameters {
    /// nil: all of them.
    package var wan: String?

    package static let known = ["wan"]
    package init(wan: String? = nil) { self.wan = wan }
}

package struct ReportsParameters: CallParameters {
    /// nil: all that are kept.
    package var id: String?
    /// Only so many of the latest.
    package var last: Int?

    package static let known = ["id", "last"]
    package init(id: String? = nil, last: Int? = nil) {
        self.id = id
        self.last = last
    }
}

/// Without `target` and `kind` all targets of the WAN are asked as configured, with a kind those of that kind. The rest is for a question that
/// isn't configured, by the names that the configuration file has for it.
package struct ProbeParameters: CallParameters, Equatable {
    package var wan: String
    /// A configured target, or whom else to ask: an address, `gateway`, a resolver, a page.
    package var target: String?
    package var kind: String?
    package var port: Int?
    package var name: String?
    package var type: String?
    package var expect: [String]?
    package var status: Int?
    package var body: String?
    package var resolver: String?
    /// nil: as configured.
    package var timeoutSeconds: Double?

    package static let known = CodingKeys.allCases.map(\.rawValue)
    package init(
        wan: String, target: String? = nil, kind: String? = nil, port: Int? = nil, name: String? = nil, type: String? = nil,
        expect: [String]? = nil, status: Int? = nil, body: String? = nil, resolver: String? = nil, timeoutSeconds: Double? = nil
    ) {
        self.wan = wan
        self.target = target
        self.kind = kind
        self.port = port
        self.name = name
        self.type = type
        self.expect = expect
        self.status = status
        self.body = body
        self.resolver = resolver
        self.timeoutSeconds = timeoutSeconds
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case wan, target, kind, port, name, type, expect, status, body, resolver
        case timeoutSeconds = "timeout_seconds"
    }
}

package struct SwitchParameters: CallParameters {
    /// nil: uplinkd chooses again by itself.
    package var wan: String?
    /// Even to a WAN that isn't usable.
    package var force: Bool?

    package static let known = ["wan", "force"]
    package init(wan: String?, force: Bool? = nil) {
        self.wan = wan
        self.force = force
    }
}

// What comes back.

package struct StatusReply: Codable, Equatable, Sendable {
    package var status: Status
    package init(status: Status) { self.status = status }
}

package struct EventsReply: Codable, Equatable, Sendable {
    package var events: [ControlEvent]
    package init(events: [ControlEvent]) { self.events = events }
}

package struct ExplainReply: Codable, Equatable, Sendable {
    package var explanation: Explanation
    package init(explanation: Explanation) { self.explanation = explanation }
}

package struct QualityReply: Codable, Equatable, Sendable {
    package var quality: [WANQuality]
    package init(quality: [WANQuality]) { self.quality = quality }
}

package struct ClientsReply: Codable, Equatable, Sendable {
    package var clients: [ClientStatus]
    package init(clients: [ClientStatus]) { self.clients = clients }
}

package struct ReportsReply: Codable, Equatable, Sendable {
    package var reports: [SwitchReport]
    package init(reports: [SwitchReport]) { self.reports = reports }
}

package struct MetricsReply: Codable, Equatable, Sendable {
    package var text: String
    package init(text: String) { self.text = text }
}

package struct ProbeReply: Codable, Equatable, Sendable {
    package var results: [ProbeResult]
    package init(results: [ProbeResult]) { self.results = results }
}

package struct SwitchReply: Codable, Equatable, Sendable {
    package var selection: SelectionStatus
    package init(selection: SelectionStatus) { self.selection = selection }
}

package struct ReloadReply: Codable, Equatable, Sendable {
    package var changes: [String]
    package init(changes: [String]) { self.changes = changes }
}
