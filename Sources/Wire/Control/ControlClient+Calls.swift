package import ControlProtocol
package import Varlink

// The methods of net.uplinkd, one for one.
extension VarlinkClient where Refusal == ControlError {
    package func status() throws(Failure) -> Status { try call(ControlMethod.status).status }

    package func explanation(supposing: [String] = []) throws(Failure) -> Explanation {
        try call(ControlMethod.explain, ExplainParameters(suppositions: supposing.isEmpty ? nil : supposing)).explanation
    }

    package func events(last: Int?) throws(Failure) -> [ControlEvent] {
        try call(ControlMethod.events, EventsParameters(last: last)).events
    }

    package func quality(of wan: String?) throws(Failure) -> [WANQuality] {
        try call(ControlMethod.quality, QualityParameters(wan: wan)).quality
    }

    /// A table of 200,000 sessions takes a second or two to count on a small box.
    package func clients() throws(Failure) -> [ClientStatus] {
        try call(ControlMethod.clients, within: .seconds(30)).clients
    }

    package func reports(id: String? = nil, last: Int? = nil) throws(Failure) -> [SwitchReport] {
        try call(ControlMethod.reports, ReportsParameters(id: id, last: last)).reports
    }

    package func metrics() throws(Failure) -> String { try call(ControlMethod.metrics).text }

    package func samples(after: Int?) throws(Failure) -> SamplesReply { try call(ControlMethod.samples, SamplesParameters(after: after)) }

    package func probe(_ wanted: ProbeParameters) throws(Failure) -> [ProbeResult] {
        // The longest timeout of a probe is a minute.
        try call(ControlMethod.probe, wanted, within: .seconds(90)).results
    }

    package func switchTo(wan: String?, force: Bool) throws(Failure) -> SelectionStatus {
        try call(ControlMethod.switch, SwitchParameters(wan: wan, force: force ? true : nil)).selection
    }

    package func reload() throws(Failure) -> [String] { try call(ControlMethod.reload).changes }

    package func drill(_ wanted: DrillParameters) throws(Failure) -> Replies<DrillReply> { try stream(ControlMethod.drill, wanted) }

    package func watch() throws(Failure) -> Replies<WatchReply> { try stream(ControlMethod.watch, NoParameters()) }

    package func follow(last: Int?) throws(Failure) -> Replies<EventsReply> {
        try stream(ControlMethod.events, EventsParameters(last: last, follow: true))
    }
}
