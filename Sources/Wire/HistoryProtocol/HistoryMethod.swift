package import ControlProtocol

/// A method of the history's socket, by its full name on the wire.
package enum HistoryMethod: String, CaseIterable, Sendable {
    case events = "net.uplinkd.history.Events"
    case reports = "net.uplinkd.history.Reports"
    case availability = "net.uplinkd.history.Availability"
    case outages = "net.uplinkd.history.Outages"
    case samples = "net.uplinkd.history.Samples"
}

/// Where the history service listens and where the CLI looks, unless told otherwise.
package let defaultHistorySocket = "/run/uplinkd-history/control"

// Times are as everywhere on the wire; without `since` from the first that is kept, without `until` to now.

package struct PastEventsParameters: ControlParameters, Equatable {
    package var since: String?
    package var until: String?
    package var wan: String?
    package var kind: String?
    /// Only so many of the latest.
    package var last: Int?

    package static let known = ["since", "until", "wan", "kind", "last"]
    package init(since: String? = nil, until: String? = nil, wan: String? = nil, kind: String? = nil, last: Int? = nil) {
        self.since = since
        self.until = until
        self.wan = wan
        self.kind = kind
        self.last = last
    }
}

package struct PastReportsParameters: ControlParameters, Equatable {
    package var id: String?
    package var since: String?
    package var last: Int?

    package static let known = ["id", "since", "last"]
    package init(id: String? = nil, since: String? = nil, last: Int? = nil) {
        self.id = id
        self.since = since
        self.last = last
    }
}

package struct AvailabilityParameters: ControlParameters, Equatable {
    package var since: String?
    package var until: String?
    /// `day` or `month`, as the service's time zone has them. nil: only the whole time.
    package var by: String?

    package static let known = ["since", "until", "by"]
    package init(since: String? = nil, until: String? = nil, by: String? = nil) {
        self.since = since
        self.until = until
        self.by = by
    }
}

package struct OutagesParameters: ControlParameters, Equatable {
    package var wan: String?
    package var since: String?
    package var until: String?

    package static let known = ["wan", "since", "until"]
    package init(wan: String? = nil, since: String? = nil, until: String? = nil) {
        self.wan = wan
        self.since = since
        self.until = until
    }
}

// What comes back. `problems` of each: what the history can't do now and somebody has to see to, a sentence each.

package struct PastEventsReply: Codable, Equatable, Sendable {
    package var events: [ControlEvent]
    package var problems: [String]

    package init(events: [ControlEvent], problems: [String]) {
        self.events = events
        self.problems = problems
    }
}

package struct PastReportsReply: Codable, Equatable, Sendable {
    package var reports: [SwitchReport]
    package var problems: [String]

    package init(reports: [SwitchReport], problems: [String]) {
        self.reports = reports
        self.problems = problems
    }
}

package struct AvailabilityReply: Codable, Equatable, Sendable {
    package var availability: [WANAvailability]
    package var problems: [String]

    package init(availability: [WANAvailability], problems: [String]) {
        self.availability = availability
        self.problems = problems
    }
}

package struct OutagesReply: Codable, Equatable, Sendable {
    package var outages: [Outage]
    /// Of the time that was asked for, so much was observed of each WAN.
    package var availability: [WANAvailability]
    package var problems: [String]

    package init(outages: [Outage], availability: [WANAvailability], problems: [String]) {
        self.outages = outages
        self.availability = availability
        self.problems = problems
    }
}
