package import ControlProtocol

// The methods of net.uplinkd, one for one.
extension ControlClient {
    package func status() throws(ControlClientError) -> Status { try call(.status, reply: StatusReply.self).status }

    package func explanation(supposing: [String] = []) throws(ControlClientError) -> Explanation {
        try call(.explain, ExplainParameters(suppositions: supposing.isEmpty ? nil : supposing), reply: ExplanationReply.self).explanation
    }

    package func events(last: Int?) throws(ControlClientError) -> [ControlEvent] {
        try call(.events, EventsParameters(last: last), reply: EventsReply.self).events
    }

    package func quality(of wan: String?) throws(ControlClientError) -> [WANQuality] {
        try call(.quality, QualityParameters(wan: wan), reply: QualityReply.self).quality
    }

    /// A table of 200,000 sessions takes a second or two to count on a small box.
    package func clients() throws(ControlClientError) -> [ClientStatus] {
        try call(.clients, reply: ClientsReply.self, within: .seconds(30)).clients
    }

    package func reports(id: String? = nil, last: Int? = nil) throws(ControlClientError) -> [SwitchReport] {
        try call(.reports, ReportsParameters(id: id, last: last), reply: ReportsReply.self).reports
    }

    package func metrics() throws(ControlClientError) -> String { try call(.metrics, reply: MetricsReply.self).text }

    package func samples(after: Int?) throws(ControlClientError) -> SamplesReply { try call(.samples, SamplesParameters(after: after)) }

    package func probe(_ wanted: ProbeParameters) throws(ControlClientError) -> [ProbeResult] {
        // The longest timeout of a probe is a minute.
        try call(.probe, wanted, reply: ProbeReply.self, within: .seconds(90)).results
    }

    package func switchTo(wan: String?, force: Bool) throws(ControlClientError) -> SelectionStatus {
        try call(.switch, SwitchParameters(wan: wan, force: force ? true : nil), reply: SelectionReply.self).selection
    }

    package func reload() throws(ControlClientError) -> [String] { try call(.reload, reply: ReloadReply.self).changes }

    package func drill(_ wanted: DrillParameters) throws(ControlClientError) -> Replies<DrillReply> { try stream(.drill, wanted) }

    package func watch() throws(ControlClientError) -> Replies<StatusReply> { try stream(.watch) }

    package func follow(last: Int?) throws(ControlClientError) -> Replies<EventsReply> {
        try stream(.events, EventsParameters(last: last, follow: true))
    }
}
