/// What a WAN was good for, as far as sessions go.
package enum WANState: Equatable, Sendable {
    case up, impaired, down

    /// nil: nobody knows yet, or a health that only a later daemon has; or one that says nothing by itself (suspect, recovering).
    init?(health: String) {
        switch health {
        case "up": self = .up
        case "impaired": self = .impaired
        case "absent", "no-carrier", "no-gateway", "down": self = .down
        default: return nil
        }
    }
}

/// All that is known of one WAN: stretches of time, each in one state. In the gaps nobody looked.
struct Timeline: Equatable {
    struct Stretch: Equatable {
        var start: Moment
        var end: Moment
        var state: WANState
        var condition: Condition
        /// It answered again, and was not well all the same.
        var isRelapse: Bool
    }

    var stretches: [Stretch] = []

    /// - Parameters:
    ///   - conditions: of this WAN, oldest first.
    ///   - spans: as `Span.merged` gives them.
    init(_ conditions: [Condition], in spans: [Span]) {
        var rest = conditions[...]
        for span in spans {
            rest = rest.drop { $0.time < span.start }
            let inside = rest.prefix { $0.time <= span.end }
            rest = rest.dropFirst(inside.count)
            stretches += Self.stretches(Array(inside), until: span.end)
        }
    }

    /// Backwards: what a suspicion was, or an answer after silence, shows in what follows. So an outage lasts from the first sign to the
    /// first answer that others followed.
    private static func stretches(_ conditions: [Condition], until end: Moment) -> [Stretch] {
        var found: [Stretch] = []
        var next: (state: WANState?, start: Moment) = (nil, end)
        for condition in conditions.reversed() {
            let isPassing = condition.health == "suspect" || condition.health == "recovering"
            let state = isPassing ? next.state ?? .up : WANState(health: condition.health)
            if let state {
                found.append(
                    Stretch(
                        start: condition.time, end: next.start, state: state, condition: condition,
                        isRelapse: condition.health == "recovering" && state != .up))
            }
            next = (state, condition.time)
        }
        return found.reversed()
    }
}

extension Span {
    /// In order, and each apart from the others: after a clock was set they may overlap.
    static func merged(_ spans: [Span], until end: Moment) -> [Span] {
        var merged: [Span] = []
        for span in spans.sorted(by: { $0.start < $1.start }) where span.start < end {
            if let last = merged.last, span.start <= last.end {
                merged[merged.count - 1].end = min(max(last.end, span.end), end)
            } else {
                merged.append(Span(start: span.start, end: min(span.end, end)))
            }
        }
        return merged
    }
}
