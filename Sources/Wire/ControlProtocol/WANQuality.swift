/// How good one WAN is, by the probes in its window: `type WANQuality`.
package struct WANQuality: Codable, Equatable, Sendable {
    package var wan: String
    package var health: String
    /// Of the targets that decide whether it is alive, together.
    package var figures: Figures
    package var thresholds: ThresholdsInForce
    package var targets: [TargetQuality]

    package init(wan: String, health: String, figures: Figures, thresholds: ThresholdsInForce, targets: [TargetQuality]) {
        self.wan = wan
        self.health = health
        self.figures = figures
        self.thresholds = thresholds
        self.targets = targets
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case wan, health, figures, thresholds, targets }
}

/// The same of one target: `type TargetQuality`.
package struct TargetQuality: Codable, Equatable, Sendable {
    package var target: String
    /// icmp, arp, nd, tcp, dns, http or exec.
    package var kind: String
    /// It is one of those that the WAN's own figures are made of.
    package var counts: Bool
    package var figures: Figures
    /// In milliseconds, the oldest first; nil: lost.
    package var answers: [Double?]

    package init(target: String, kind: String, counts: Bool, figures: Figures, answers: [Double?]) {
        self.target = target
        self.kind = kind
        self.counts = counts
        self.figures = figures
        self.answers = answers
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case target, kind, counts, figures, answers }
}

/// What became of the probes in a window: `type Figures`.
package struct Figures: Codable, Equatable, Sendable {
    /// How long ago the oldest of them was sent. nil: there is none.
    package var windowSeconds: Double?
    /// Those under way are in neither of the other two.
    package var sent: Int
    package var answered: Int
    package var lost: Int
    package var lossPercent: Double?
    package var meanMilliseconds: Double?
    /// The standard deviation.
    package var deviationMilliseconds: Double?
    package var minimumMilliseconds: Double?
    package var maximumMilliseconds: Double?
    /// What 99 of 100 round trips don't exceed.
    package var percentile99Milliseconds: Double?

    package init(
        windowSeconds: Double?, sent: Int, answered: Int, lost: Int, lossPercent: Double?, meanMilliseconds: Double?,
        deviationMilliseconds: Double?, minimumMilliseconds: Double?, maximumMilliseconds: Double?, percentile99Milliseconds: Double?
    ) {
        self.windowSeconds = windowSeconds
        self.sent = sent
        self.answered = answered
        self.lost = lost
        self.lossPercent = lossPercent
        self.meanMilliseconds = meanMilliseconds
        self.deviationMilliseconds = deviationMilliseconds
        self.minimumMilliseconds = minimumMilliseconds
        self.maximumMilliseconds = maximumMilliseconds
        self.percentile99Milliseconds = percentile99Milliseconds
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case sent, answered, lost
        case windowSeconds = "window_seconds"
        case lossPercent = "loss_percent"
        case meanMilliseconds = "mean_ms"
        case deviationMilliseconds = "deviation_ms"
        case minimumMilliseconds = "min_ms"
        case maximumMilliseconds = "max_ms"
        case percentile99Milliseconds = "p99_ms"
    }
}

/// `type Thresholds`. nil: there is none.
package struct ThresholdsInForce: Codable, Equatable, Sendable {
    /// In percent.
    package var loss: Limit?
    /// These in milliseconds.
    package var mean: Limit?
    package var deviation: Limit?
    package var percentile99: Limit?

    /// `type Limit`.
    package struct Limit: Codable, Equatable, Sendable {
        /// Above this the WAN is bad,
        package var leave: Double
        /// and at or below this good again.
        package var back: Double

        package init(leave: Double, back: Double) {
            self.leave = leave
            self.back = back
        }

        enum CodingKeys: String, CodingKey, CaseIterable {
            case leave
            case back = "return"
        }
    }

    package init(loss: Limit? = nil, mean: Limit? = nil, deviation: Limit? = nil, percentile99: Limit? = nil) {
        self.loss = loss
        self.mean = mean
        self.deviation = deviation
        self.percentile99 = percentile99
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case loss, mean, deviation
        case percentile99 = "p99"
    }
}
