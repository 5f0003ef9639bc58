// Generated from net.uplinkd.varlink by Scripts/generate-varlink: not to be edited by hand.

package import Varlink

/// Whoever answers the methods of net.uplinkd. Who may call which has been seen to before.
package protocol ControlAnswers: Sendable {
    func status() async throws -> StatusReply
    func watch(_ replies: ReplyStream<WatchReply>) async throws -> WatchReply?
    func events(_ wanted: EventsParameters, _ replies: ReplyStream<EventsReply>) async throws -> EventsReply?
    func explain(_ wanted: ExplainParameters) async throws -> ExplainReply
    func quality(_ wanted: QualityParameters) async throws -> QualityReply
    func clients() async throws -> ClientsReply
    func reports(_ wanted: ReportsParameters) async throws -> ReportsReply
    func metrics() async throws -> MetricsReply
    func samples(_ wanted: SamplesParameters) async throws -> SamplesReply
    func probe(_ wanted: ProbeParameters) async throws -> ProbeReply
    func `switch`(_ wanted: SwitchParameters) async throws -> SwitchReply
    func drill(_ wanted: DrillParameters, _ replies: ReplyStream<DrillReply>) async throws -> DrillReply?
    func reload() async throws -> ReloadReply
}

extension ControlMethod {
    /// Each with what its caller needs.
    package static func served(by answers: any ControlAnswers) -> [ServedMethod] {
        [
            ServedMethod(status, for: .reading) { _ in try await answers.status() },
            ServedMethod(watch, for: .reading, replies: { try await answers.watch($1) }),
            ServedMethod(events, for: .reading, replies: { try await answers.events($0, $1) }),
            ServedMethod(explain, for: .reading) { try await answers.explain($0) },
            ServedMethod(quality, for: .reading) { try await answers.quality($0) },
            ServedMethod(clients, for: .reading) { _ in try await answers.clients() },
            ServedMethod(reports, for: .reading) { try await answers.reports($0) },
            ServedMethod(metrics, for: .reading) { _ in try await answers.metrics() },
            ServedMethod(samples, for: .reading) { try await answers.samples($0) },
            ServedMethod(probe, for: .changing) { try await answers.probe($0) },
            ServedMethod(`switch`, for: .changing) { try await answers.`switch`($0) },
            ServedMethod(drill, for: .changing, replies: { try await answers.drill($0, $1) }),
            ServedMethod(reload, for: .changing) { _ in try await answers.reload() },
        ]
    }
}
