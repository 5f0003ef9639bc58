import Model
import Probing
import Tracing

/// A path as it becomes known: a line for each hop, and the whole as JSON.
struct TraceText {
    private(set) var lines: [String] = []
    private(set) var report: TraceReport
    private let family: IPFamily
    private let maxHops: Int

    init(wan: String, interface: String, host: String, target: IPAddress, maxHops: Int) {
        report = TraceReport(wan: wan, interface: interface, host: host, address: target.description, reached: false, hops: [])
        family = target.family
        self.maxHops = maxHops
    }

    /// `Path by telkom (eth0) to example.com (192.0.2.1), 30 hops at most:`
    var title: String {
        let host = report.host == report.address ? report.host : "\(report.host) (\(report.address))"
        return "Path by \(report.wan) (\(report.interface)) to \(host), \(count(maxHops, "hop")) at most:"
    }

    /// ` 2  core.example (192.0.2.9)  12.1 ms  11.8 ms  *`
    mutating func add(_ hop: Trace.Hop, name: (IPAddress) -> String?) {
        var words: [String] = []
        var latest: IPAddress?
        var answers: [TraceReport.Answer] = []
        for answer in hop.answers {
            guard let answer else {
                words.append("*")
                answers.append(TraceReport.Answer(outcome: "silent"))
                continue
            }
            // Somebody else's text.
            let own = name(answer.address).map { printable($0, limit: 100) }
            if answer.address != latest { words.append(own.map { "\($0) (\(answer.address))" } ?? "\(answer.address)") }
            latest = answer.address
            let milliseconds = answer.after.inSeconds * 1000
            words.append(millisecondsText(milliseconds))
            var entry = TraceReport.Answer(
                outcome: "expired", address: answer.address.description, name: own,
                roundTripMilliseconds: (milliseconds * 1000).rounded() / 1000)
            switch answer.kind {
            case .expired: break
            case .reached:
                entry.outcome = "reached"
                report.reached = true
            case .unreachable(let code):
                entry.outcome = "unreachable"
                entry.problem = unreachableWords(code: code, family)
                words.append(unreachableWords(code: code, family))
            }
            answers.append(entry)
        }
        report.hops.append(TraceReport.Hop(hop: hop.number, answers: answers))
        lines.append((hop.number < 10 ? " " : "") + "\(hop.number)  " + words.joined(separator: "  "))
    }

    var end: String {
        let hops = count(report.hops.count, "hop")
        if report.reached { return "Reached after \(hops)." }
        let answers = report.hops.flatMap(\.answers)
        if let refusal = answers.last(where: { $0.outcome == "unreachable" }), let address = refusal.address, let problem = refusal.problem
        {
            return "Not reached: \(address) says: \(problem)."
        }
        guard let hop = report.hops.last(where: { $0.answers.contains { $0.address != nil } }),
            let address = hop.answers.compactMap(\.address).last
        else { return "Not reached: nobody has answered." }
        return "Not reached: the last to answer was \(address), hop \(hop.hop) of \(report.hops.count)."
    }
}

/// `uplinkctl trace --json`.
struct TraceReport: Encodable, Equatable {
    struct Answer: Encodable, Equatable {
        /// expired, reached, unreachable or silent.
        var outcome: String
        var address: String?
        var name: String?
        var roundTripMilliseconds: Double?
        var problem: String?

        enum CodingKeys: String, CodingKey {
            case outcome, address, name, problem
            case roundTripMilliseconds = "round_trip_ms"
        }
    }

    struct Hop: Encodable, Equatable {
        var hop: Int
        var answers: [Answer]
    }

    var wan: String
    var interface: String
    var host: String
    var address: String
    var reached: Bool
    var hops: [Hop]
}
