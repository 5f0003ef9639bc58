import Control
package import ControlProtocol
package import FoundationEssentials
import HistoryProtocol

/// The methods of net.uplinkd.history, as the control socket's server wants them.
package struct HistoryService: ReadingService {
    package let product = "uplinkd-history"
    package var interface: (name: String, text: String) { ("net.uplinkd.history", historyDescription) }
    package var methods: [String] { HistoryMethod.allCases.map(\.rawValue) }
    private let keeper: Keeper
    private let now: @Sendable () -> Now

    package init(keeper: Keeper, now: @escaping @Sendable () -> Now) {
        self.keeper = keeper
        self.now = now
    }

    package func reply(to call: Call) async throws(ControlError) -> Data {
        guard let method = HistoryMethod(rawValue: call.name) else { throw .methodNotFound(call.name) }
        do {
            switch method {
            case .events: return try await events(call)
            case .reports: return try await reports(call)
            case .availability: return try await availability(call)
            case .outages: return try await outages(call)
            case .samples: return try await samples(call)
            }
        } catch let error as ControlError {
            throw error
        } catch {
            throw .failed(message: "\(error)")
        }
    }

    private func events(_ call: Call) async throws -> Data {
        let wanted: PastEventsParameters = try call.parameters()
        let query = EventQuery(
            since: try time(wanted.since, "since") ?? .distantPast, until: try time(wanted.until, "until") ?? .distantFuture,
            wan: wanted.wan,
            kind: wanted.kind, last: try count(wanted.last))
        return try Reply.encode(PastEventsReply(events: await keeper.events(query), problems: await keeper.problems))
    }

    private func reports(_ call: Call) async throws -> Data {
        let wanted: PastReportsParameters = try call.parameters()
        let reports = try await keeper.reports(
            id: wanted.id, since: try time(wanted.since, "since") ?? .distantPast, last: try count(wanted.last))
        return try Reply.encode(PastReportsReply(reports: reports, problems: await keeper.problems))
    }

    private func availability(_ call: Call) async throws -> Data {
        let wanted: AvailabilityParameters = try call.parameters()
        let unit = try wanted.by.map { by throws(ControlError) in
            guard let unit = LocalCalendar.Unit(rawValue: by) else { throw .invalidParameter("by") }
            return unit
        }
        let found = try await keeper.availability(
            since: try time(wanted.since, "since"), until: try time(wanted.until, "until") ?? .distantFuture, by: unit, at: now())
        return try Reply.encode(AvailabilityReply(availability: found, problems: await keeper.problems))
    }

    private func outages(_ call: Call) async throws -> Data {
        let wanted: OutagesParameters = try call.parameters()
        let (since, until) = (try time(wanted.since, "since"), try time(wanted.until, "until") ?? .distantFuture)
        let outages = try await keeper.outages(of: wanted.wan, since: since, until: until, at: now())
        let availability = try await keeper.availability(since: since, until: until, by: nil, at: now())
        return try Reply.encode(
            OutagesReply(
                outages: outages, availability: availability.filter { wanted.wan == nil || $0.wan == wanted.wan },
                problems: await keeper.problems))
    }

    private func samples(_ call: Call) async throws -> Data {
        let wanted: PastSamplesParameters = try call.parameters()
        let page = try await keeper.samples(since: try time(wanted.since, "since"), until: try time(wanted.until, "until") ?? now().wall)
        return try Reply.encode(
            PastSamplesReply(
                samples: page.blocks.map { PastSamples(wan: $0.stream.wan, target: $0.stream.target, block: Data($0.bytes)) },
                links: page.links.map { PastLink(at: $0.time.milliseconds, wan: $0.wan, state: $0.state) },
                recorded: page.recorded.map { PastSpan(from: $0.start.milliseconds, until: $0.end.milliseconds) },
                next: page.next?.text, problems: await keeper.problems))
    }

    private func time(_ text: String?, _ parameter: String) throws(ControlError) -> Moment? {
        guard let text else { return nil }
        guard let time = Moment(text) else { throw .invalidParameter(parameter) }
        return time
    }

    private func count(_ last: Int?) throws(ControlError) -> Int? {
        if let last, last < 0 { throw .invalidParameter("last") }
        return last
    }
}

extension Moment {
    static let distantPast = Moment(milliseconds: .min)
    static let distantFuture = Moment(milliseconds: .max)
}
