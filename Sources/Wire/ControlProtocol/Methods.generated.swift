// Generated from net.uplinkd.varlink by Scripts/generate-varlink: not to be edited by hand.

package import Varlink

/// The methods of net.uplinkd.
package enum ControlMethod {
    package static let interface = VarlinkInterface("net.uplinkd", description: controlDescription)

    /// Called by readers.
    package static let status = VarlinkMethod<NoParameters, StatusReply>("net.uplinkd.Status")

    /// The status now, and again at every change. Has to be called with "more".
    /// Called by readers. Its replies go on.
    package static let watch = VarlinkMethod<NoParameters, WatchReply>("net.uplinkd.Watch")

    /// The latest events, oldest first. With follow, which needs "more", each new one then comes in a reply of its own.
    /// Called by readers. Its replies go on.
    package static let events = VarlinkMethod<EventsParameters, EventsReply>("net.uplinkd.Events")

    /// Why the selection is what it is. With suppositions ("telkom=down") what would happen now, by the same decision; nothing is done.
    /// Called by readers.
    package static let explain = VarlinkMethod<ExplainParameters, ExplainReply>("net.uplinkd.Explain")

    /// The figures of one WAN, or of all.
    /// Called by readers.
    package static let quality = VarlinkMethod<QualityParameters, QualityReply>("net.uplinkd.Quality")

    /// Who is on the LAN, and which WAN carries how many of their sessions.
    /// Called by readers.
    package static let clients = VarlinkMethod<NoParameters, ClientsReply>("net.uplinkd.Clients")

    /// The reports of the last switches, the oldest first: all that are kept, so many of the latest, or the one with this ID. One that
    /// isn't finished grows for up to half a minute. An ID that isn't known gives the error UnknownReport.
    /// Called by readers.
    package static let reports = VarlinkMethod<ReportsParameters, ReportsReply>("net.uplinkd.Reports")

    /// The status as Prometheus reads it: the text format 0.0.4, as node_exporter's textfile collector takes it.
    /// Called by readers.
    package static let metrics = VarlinkMethod<NoParameters, MetricsReply>("net.uplinkd.Metrics")

    /// What became of all probes after the sample of that number, up to a limit, and how the interfaces came and went; nil: from
    /// the oldest that is kept, which is two hours ago with the default configuration. The newest are told when nothing can come of them any more:
    /// some ten seconds after they were sent. For whoever keeps them longer: ask once a minute, and as long as there is more.
    /// Called by readers.
    package static let samples = VarlinkMethod<SamplesParameters, SamplesReply>("net.uplinkd.Samples")

    /// Asks once, now, by this WAN, even if that is down. Without target and kind all its targets, with a kind those of that kind. Else the
    /// target is one that is configured, or whom else to ask: an address or "gateway" (icmp), an address and a port (tcp), a resolver and a name
    /// (dns), a page (http).
    /// Called by root.
    package static let probe = VarlinkMethod<ProbeParameters, ProbeReply>("net.uplinkd.Probe")

    /// Moves new sessions to this WAN and keeps them there. Without a WAN uplinkd chooses again by itself.
    /// With force also to a WAN that isn't usable.
    /// Called by root.
    package static let `switch` = VarlinkMethod<SwitchParameters, SwitchReply>("net.uplinkd.Switch")

    /// Rehearses a failover: for so many seconds (10 to 900, 60 if left out) this box plays that the WAN is "down" (the default),
    /// "silent", "lossy=30" or "dns". Has to be called with "more": each step comes in a reply of its own, the last one with the
    /// outcome. When the connection ends, so does the drill. With force also where it shows little or cuts the office off.
    /// Called by root. Its replies go on.
    package static let drill = VarlinkMethod<DrillParameters, DrillReply>("net.uplinkd.Drill")

    /// Reads the configuration file again. One that has problems is refused, and the one before stays in force.
    /// Called by root.
    package static let reload = VarlinkMethod<NoParameters, ReloadReply>("net.uplinkd.Reload")
}

package struct StatusReply: Codable, Equatable, Sendable {
    package var status: Status

    package init(status: Status) {
        self.status = status
    }
}

package struct WatchReply: Codable, Equatable, Sendable {
    package var status: Status

    package init(status: Status) {
        self.status = status
    }
}

package struct EventsParameters: CallParameters, Equatable {
    package var last: Int?
    package var follow: Bool?

    package static let known = ["last", "follow"]

    package init(last: Int? = nil, follow: Bool? = nil) {
        self.last = last
        self.follow = follow
    }
}

package struct EventsReply: Codable, Equatable, Sendable {
    package var events: [ControlEvent]

    package init(events: [ControlEvent]) {
        self.events = events
    }
}

package struct ExplainParameters: CallParameters, Equatable {
    package var suppositions: [String]?

    package static let known = ["if"]

    package init(suppositions: [String]? = nil) {
        self.suppositions = suppositions
    }

    enum CodingKeys: String, CodingKey {
        case suppositions = "if"
    }
}

package struct ExplainReply: Codable, Equatable, Sendable {
    package var explanation: Explanation

    package init(explanation: Explanation) {
        self.explanation = explanation
    }
}

package struct QualityParameters: CallParameters, Equatable {
    package var wan: String?

    package static let known = ["wan"]

    package init(wan: String? = nil) {
        self.wan = wan
    }
}

package struct QualityReply: Codable, Equatable, Sendable {
    package var quality: [WANQuality]

    package init(quality: [WANQuality]) {
        self.quality = quality
    }
}

package struct ClientsReply: Codable, Equatable, Sendable {
    package var clients: [ClientStatus]

    package init(clients: [ClientStatus]) {
        self.clients = clients
    }
}

package struct ReportsParameters: CallParameters, Equatable {
    package var id: String?
    package var last: Int?

    package static let known = ["id", "last"]

    package init(id: String? = nil, last: Int? = nil) {
        self.id = id
        self.last = last
    }
}

package struct ReportsReply: Codable, Equatable, Sendable {
    package var reports: [SwitchReport]

    package init(reports: [SwitchReport]) {
        self.reports = reports
    }
}

package struct MetricsReply: Codable, Equatable, Sendable {
    package var text: String

    package init(text: String) {
        self.text = text
    }
}

package struct SamplesParameters: CallParameters, Equatable {
    package var after: Int?

    package static let known = ["after"]

    package init(after: Int? = nil) {
        self.after = after
    }
}

package struct SamplesReply: Codable, Equatable, Sendable {
    /// When the daemon started. Another one than before: the numbers have begun anew, and "after" meant nothing.
    package var started: String
    /// What to ask for next.
    package var last: Int
    /// All that happened in this time is in here: milliseconds since 1970. Where it doesn't begin at the end of the reply before, something is
    /// missing in between.
    package var from: Int
    package var until: Int
    package var more: Bool
    package var series: [SampleSeries]

    package init(started: String, last: Int, from: Int, until: Int, more: Bool, series: [SampleSeries]) {
        self.started = started
        self.last = last
        self.from = from
        self.until = until
        self.more = more
        self.series = series
    }
}

package struct ProbeParameters: CallParameters, Equatable, FilledIn {
    package var wan = ""
    package var target: String?
    package var kind: String?
    package var port: Int?
    package var name: String?
    package var type: String?
    package var expect: [String]?
    package var status: Int?
    package var body: String?
    package var resolver: String?
    package var timeoutSeconds: Double?

    package static let known = ["wan", "target", "kind", "port", "name", "type", "expect", "status", "body", "resolver", "timeout_seconds"]

    package init() {}

    enum CodingKeys: String, CodingKey {
        case wan, target, kind, port, name, type, expect, status, body, resolver
        case timeoutSeconds = "timeout_seconds"
    }
}

package struct ProbeReply: Codable, Equatable, Sendable {
    package var results: [ProbeResult]

    package init(results: [ProbeResult]) {
        self.results = results
    }
}

package struct SwitchParameters: CallParameters, Equatable {
    package var wan: String?
    package var force: Bool?

    package static let known = ["wan", "force"]

    package init(wan: String? = nil, force: Bool? = nil) {
        self.wan = wan
        self.force = force
    }
}

package struct SwitchReply: Codable, Equatable, Sendable {
    package var selection: SelectionStatus

    package init(selection: SelectionStatus) {
        self.selection = selection
    }
}

package struct DrillParameters: CallParameters, Equatable {
    package var wan: String
    package var fault: String?
    package var seconds: Int?
    package var force: Bool?

    package static let known = ["wan", "fault", "seconds", "force"]

    package init(wan: String, fault: String? = nil, seconds: Int? = nil, force: Bool? = nil) {
        self.wan = wan
        self.fault = fault
        self.seconds = seconds
        self.force = force
    }
}

package struct DrillReply: Codable, Equatable, Sendable {
    package var progress: DrillProgress

    package init(progress: DrillProgress) {
        self.progress = progress
    }
}

package struct ReloadReply: Codable, Equatable, Sendable {
    package var changes: [String]

    package init(changes: [String]) {
        self.changes = changes
    }
}
