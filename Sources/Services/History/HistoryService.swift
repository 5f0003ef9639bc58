import ControlProtocol
import FoundationEssentials
import HistoryProtocol
package import Varlink

extension VarlinkService {
    /// net.uplinkd.history.
    package static func history(_ keeper: Keeper, now: @escaping @Sendable () -> Now) -> VarlinkService {
        VarlinkService(
            vendor: "uplinkd", product: "uplinkd-history", version: Version.current, interfaces: [HistoryMethod.interface],
            methods: HistoryMethod.served(by: Answers(keeper: keeper, now: now)),
            failed: { ControlError.failed(message: $0) }, full: { ControlError.tooManyClients(limit: $0) })
    }
}

/// From questions as they come over the wire to the keeper's, and back.
private struct Answers: HistoryAnswers {
    let keeper: Keeper
    let now: @Sendable () -> Now

    func events(_ wanted: PastEventsParameters) async throws -> PastEventsReply {
        let query = EventQuery(
            since: try time(wanted.since, "since") ?? .distantPast, until: try time(wanted.until, "until") ?? .distantFuture,
            wan: wanted.wan, kind: wanted.kind, last: try count(wanted.last))
        return PastEventsReply(events: try await keeper.events(query), problems: await keeper.problems)
    }

    func reports(_ wanted: PastReportsParameters) async throws -> PastReportsReply {
        let reports = try await keeper.reports(
            id: wanted.id, since: try time(wanted.since, "since") ?? .distantPast, last: try count(wanted.last))
        return PastReportsReply(reports: reports, problems: await keeper.problems)
    }

    func availability(_ wanted: PastAvailabilityParameters) async throws -> PastAvailabilityReply {
        let unit = try wanted.by.map { by throws(ServiceError) in
            guard let unit = LocalCalendar.Unit(rawValue: by) else { throw .invalidParameter(parameter: "by") }
            return unit
        }
        let found = try await keeper.availability(
            since: try time(wanted.since, "since"), until: try time(wanted.until, "until") ?? .distantFuture, by: unit, at: now())
        return PastAvailabilityReply(availability: found, problems: await keeper.problems)
    }

    func outages(_ wanted: PastOutagesParameters) async throws -> PastOutagesReply {
        let (since, until) = (try time(wanted.since, "since"), try time(wanted.until, "until") ?? .distantFuture)
        let outages = try await keeper.outages(of: wanted.wan, since: since, until: until, at: now())
        let availability = try await keeper.availability(since: since, until: until, by: nil, at: now())
        return PastOutagesReply(
            outages: outages, availability: availability.filter { wanted.wan == nil || $0.wan == wanted.wan },
            problems: await keeper.problems)
    }

    func samples(_ wanted: PastSamplesParameters) async throws -> PastSamplesReply {
        let page = try await keeper.samples(since: try time(wanted.since, "since"), until: try time(wanted.until, "until") ?? now().wall)
        return PastSamplesReply(
            samples: page.blocks.map { PastSamples(wan: $0.stream.wan, target: $0.stream.target, block: Data($0.bytes)) },
            links: page.links.map { PastLink(at: $0.time.milliseconds, wan: $0.wan, state: $0.state) },
            recorded: page.recorded.map { PastSpan(from: $0.start.milliseconds, until: $0.end.milliseconds) },
            next: page.next?.text, problems: await keeper.problems)
    }

    private func time(_ text: String?, _ parameter: String) throws(ServiceError) -> Moment? {
        guard let text else { return nil }
        guard let time = Moment(text) else { throw .invalidParameter(parameter: parameter) }
        return time
    }

    private func count(_ last: Int?) throws(ServiceError) -> Int? {
        if let last, last < 0 { throw .invalidParameter(parameter: "last") }
        return last
    }
}

extension Moment {
    static let distantPast = Moment(milliseconds: .min)
    static let distantFuture = Moment(milliseconds: .max)
}
