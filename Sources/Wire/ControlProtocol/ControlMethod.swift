/// A method of the control socket, by its full name on the wire.
package enum ControlMethod: String, CaseIterable, Sendable {
    case status = "net.uplinkd.Status"
    case watch = "net.uplinkd.Watch"
    case events = "net.uplinkd.Events"
    case explain = "net.uplinkd.Explain"
    case quality = "net.uplinkd.Quality"
    case clients = "net.uplinkd.Clients"
    case reports = "net.uplinkd.Reports"
    case metrics = "net.uplinkd.Metrics"
    case samples = "net.uplinkd.Samples"
    case probe = "net.uplinkd.Probe"
    case `switch` = "net.uplinkd.Switch"
    case drill = "net.uplinkd.Drill"
    case reload = "net.uplinkd.Reload"
    case getInfo = "org.varlink.service.GetInfo"
    case getInterfaceDescription = "org.varlink.service.GetInterfaceDescription"
}

/// What a method is called with. All is optional on the wire, so `{}` and nothing mean the same.
package protocol ControlParameters: Codable, Sendable {
    /// Every parameter that the method knows; another one is refused, since to ignore it could do what nobody asked for.
    static var known: [String] { get }
}

package struct NoParameters: ControlParameters {
    package static let known: [String] = []
    package init() {}
}

package struct EventsParameters: ControlParameters {
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

package struct ExplainParameters: ControlParameters {
    /// `WAN=STATE` each: what would happen then. nil: why things are as they are.
    package var suppositions: [String]?

    package static let known = ["if"]
    package init(suppositions: [String]? = nil) { self.suppositions = suppositions }

    enum CodingKeys: String, CodingKey { case suppositions = "if" }
}

package struct QualityParameters: ControlParameters {
    /// nil: all of them.
    package var wan: String?

    package static let known = ["wan"]
    package init(wan: String? = nil) { self.wan = wan }
}

package struct ReportsParameters: ControlParameters {
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
package struct ProbeParameters: ControlParameters, Equatable {
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

package struct SwitchParameters: ControlParameters {
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

package struct DescriptionParameters: ControlParameters {
    package var interface: String

    package static let known = ["interface"]
    package init(interface: String) { self.interface = interface }
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

package struct ExplanationReply: Codable, Equatable, Sendable {
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

package struct SelectionReply: Codable, Equatable, Sendable {
    package var selection: SelectionStatus
    package init(selection: SelectionStatus) { self.selection = selection }
}

package struct ReloadReply: Codable, Equatable, Sendable {
    package var changes: [String]
    package init(changes: [String]) { self.changes = changes }
}

package struct ServiceInformation: Codable, Equatable, Sendable {
    package var vendor = "uplinkd"
    package var product: String
    package var version = Version.current
    package var url = ""
    package var interfaces: [String]

    package init(product: String = "uplinkd", interfaces: [String] = InterfaceDescription.all.map(\.name)) {
        self.product = product
        self.interfaces = interfaces
    }
}

package struct DescriptionReply: Codable, Equatable, Sendable {
    package var description: String
    package init(description: String) { self.description = description }
}
