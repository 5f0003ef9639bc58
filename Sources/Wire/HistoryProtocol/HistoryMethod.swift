package import ControlProtocol
package import Varlink

/// The methods of net.uplinkd.history.
package enum HistoryMethod {
    package static let interface = VarlinkInterface("net.uplinkd.history", description: historyDescription)
    package static let events = VarlinkMethod<PastEventsParameters, PastEventsReply>("net.uplinkd.history.Events")
    package static let reports = VarlinkMethod<PastReportsParameters, PastReportsReply>("net.uplinkd.history.Reports")
    package static let availability = VarlinkMethod<PastAvailabilityParameters, PastAvailabilityReply>("net.uplinkd.history.Availability")
    package static let outages = VarlinkMethod<PastOutagesParameters, PastOutagesReply>("net.uplinkd.history.Outages")
    package static let samples = VarlinkMethod<PastSamplesParameters, PastSamplesReply>("net.uplinkd.history.Samples")
}

/// Where the history service listens and where the CLI looks, unless told otherwise.
package let defaultHistorySocket = "/run/uplinkd-history/control"

// Times are as everywhere on the wire; without `since` from the first that is kept, without `until` to now.

package struct PastEventsParameters: CallParameters, Equatable {
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

package struct PastReportsParameters: CallParameters, Equatable {
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

package struct PastAvailabilityParameters: CallParameters, Equatable {
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

package struct PastOutagesParameters: CallParameters, Equatable {
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

package struct PastAvailabilityReply: Codable, Equatable, Sendable {
    package var availability: [WANAvailability]
    package var problems: [String]

    package init(availability: [WANAvailability], problems: [String]) {
        self.availability = availability
        self.problems = problems
    }
}

package struct PastOutagesReply: Codable, Equatable, Sendable {
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
