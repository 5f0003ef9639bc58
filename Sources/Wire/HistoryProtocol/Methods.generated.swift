// Generated from net.uplinkd.history.varlink by Scripts/generate-varlink: not to be edited by hand.

package import ControlProtocol
package import Model
package import Varlink

/// The methods of net.uplinkd.history.
package enum HistoryMethod {
    package static let interface = VarlinkInterface("net.uplinkd.history", description: historyDescription)

    /// Called by readers.
    package static let events = VarlinkMethod<PastEventsParameters, PastEventsReply>("net.uplinkd.history.Events")

    /// Each a SwitchReport of net.uplinkd.
    /// Called by readers.
    package static let reports = VarlinkMethod<PastReportsParameters, PastReportsReply>("net.uplinkd.history.Reports")

    /// by: "day" or "month" in the time zone of the service; without it only the whole time.
    /// Called by readers.
    package static let availability = VarlinkMethod<PastAvailabilityParameters, PastAvailabilityReply>("net.uplinkd.history.Availability")

    /// Of one WAN or of all, with the availability in the same time.
    /// Called by readers.
    package static let outages = VarlinkMethod<PastOutagesParameters, PastOutagesReply>("net.uplinkd.history.Outages")

    /// What became of the probes: whole hours, the first and the last of which may reach beyond the time that is asked for. `links` begins with how
    /// each interface was at the beginning. `next`: there is more, to be asked for with this as `since`.
    /// Called by readers.
    package static let samples = VarlinkMethod<PastSamplesParameters, PastSamplesReply>("net.uplinkd.history.Samples")
}

package struct PastEventsParameters: CallParameters, Equatable {
    package var since: String?
    package var until: String?
    package var wan: String?
    package var kind: String?
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

package struct PastEventsReply: Codable, Equatable, Sendable {
    package var events: [ControlEvent]
    package var problems: [Sentence]

    package init(events: [ControlEvent], problems: [Sentence]) {
        self.events = events
        self.problems = problems
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

package struct PastReportsReply: Codable, Equatable, Sendable {
    package var reports: [SwitchReport]
    package var problems: [Sentence]

    package init(reports: [SwitchReport], problems: [Sentence]) {
        self.reports = reports
        self.problems = problems
    }
}

package struct PastAvailabilityParameters: CallParameters, Equatable {
    package var since: String?
    package var until: String?
    package var by: String?

    package static let known = ["since", "until", "by"]

    package init(since: String? = nil, until: String? = nil, by: String? = nil) {
        self.since = since
        self.until = until
        self.by = by
    }
}

package struct PastAvailabilityReply: Codable, Equatable, Sendable {
    package var availability: [WANAvailability]
    package var problems: [Sentence]

    package init(availability: [WANAvailability], problems: [Sentence]) {
        self.availability = availability
        self.problems = problems
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

package struct PastOutagesReply: Codable, Equatable, Sendable {
    package var outages: [Outage]
    package var availability: [WANAvailability]
    package var problems: [Sentence]

    package init(outages: [Outage], availability: [WANAvailability], problems: [Sentence]) {
        self.outages = outages
        self.availability = availability
        self.problems = problems
    }
}

package struct PastSamplesParameters: CallParameters, Equatable {
    package var since: String?
    package var until: String?

    package static let known = ["since", "until"]

    package init(since: String? = nil, until: String? = nil) {
        self.since = since
        self.until = until
    }
}

package struct PastSamplesReply: Codable, Equatable, Sendable {
    package var samples: [PastSamples]
    package var links: [PastLink]
    package var recorded: [PastSpan]
    package var next: String?
    package var problems: [Sentence]

    package init(samples: [PastSamples], links: [PastLink], recorded: [PastSpan], next: String? = nil, problems: [Sentence]) {
        self.samples = samples
        self.links = links
        self.recorded = recorded
        self.next = next
        self.problems = problems
    }
}
