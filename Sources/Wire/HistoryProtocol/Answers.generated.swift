// Generated from net.uplinkd.history.varlink by Scripts/generate-varlink: not to be edited by hand.

package import Varlink

/// Whoever answers the methods of net.uplinkd.history. Who may call which has been seen to before.
package protocol HistoryAnswers: Sendable {
    func events(_ wanted: PastEventsParameters) async throws -> PastEventsReply
    func reports(_ wanted: PastReportsParameters) async throws -> PastReportsReply
    func availability(_ wanted: PastAvailabilityParameters) async throws -> PastAvailabilityReply
    func outages(_ wanted: PastOutagesParameters) async throws -> PastOutagesReply
    func samples(_ wanted: PastSamplesParameters) async throws -> PastSamplesReply
}

extension HistoryMethod {
    /// Each with what its caller needs.
    package static func served(by answers: any HistoryAnswers) -> [ServedMethod] {
        [
            ServedMethod(events, for: .reading) { try await answers.events($0) },
            ServedMethod(reports, for: .reading) { try await answers.reports($0) },
            ServedMethod(availability, for: .reading) { try await answers.availability($0) },
            ServedMethod(outages, for: .reading) { try await answers.outages($0) },
            ServedMethod(samples, for: .reading) { try await answers.samples($0) },
        ]
    }
}
