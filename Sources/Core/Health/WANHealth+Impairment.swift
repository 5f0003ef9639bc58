package import Model

/// What makes a WAN that answers too bad for sessions: thresholds on its loss and round trips, and services that don't work.
/// Each has its own way back: the value below `return`, or a right answer, and then good for the hold.
extension WANHealth {
    private static let judgedEvery: Duration = .seconds(1)
    /// With fewer samples one lost probe would be a tenth of all.
    static let fewestSamples = 20

    /// The targets that its figures are made of: those that count, less the mute ones unless all are.
    package var evidence: [Int] {
        let heard = counting.filter { !targets[$0].isMute }
        return heard.isEmpty ? counting : heard
    }

    /// Loss and round trip over those.
    package var quality: Quality { evidence.reduce(Quality()) { $0 + targets[$1].window.summary } }

    /// What was lost in an outage says nothing of the time after it.
    private var judgedQuality: Quality {
        guard let recoveredAt else { return quality }
        return evidence.reduce(Quality()) { $0 + targets[$1].window.quality(since: recoveredAt) }
    }

    /// Of the target that answers fastest: known from the first answer on, before anything has been measured.
    package var smoothedRoundTrip: Duration? { counting.compactMap { targets[$0].roundTrip.smoothed }.min() }

    package var percentile99: Duration? { Quality.percentile(0.99, of: evidence.flatMap { targets[$0].window.roundTrips }) }

    /// Its probes of the last half minute are enough to say how good it is.
    package func isMeasured(at now: Instant) -> Bool {
        wan.probe.thresholds.isEmpty
            || counting.reduce(0) { $0 + targets[$1].window.freshCount(at: now) } >= Self.fewestSamples
    }

    /// How bad a lossy or slow WAN is: 1 is at the threshold.
    package var badness: Double {
        let thresholds = wan.probe.thresholds
        return max(
            thresholds.judgeLoss(quality).badness,
            thresholds.judgeTime(quality, percentile99: percentile99).badness)
    }

    func isStillJudged(_ fault: Fault) -> Bool {
        switch fault {
        case .lossy: wan.probe.thresholds.loss != nil
        case .slow: wan.probe.thresholds.mean != nil || wan.probe.thresholds.deviation != nil || wan.probe.thresholds.percentile99 != nil
        // The others are faults of a service, or none that an impairment can have.
        default: services.contains { $0.faults.contains(fault) }
        }
    }

    mutating func judgeImpairments(at now: Instant) {
        guard canBeImpaired else { return }
        if hasThresholds { judgeThresholds(at: now) }
        for service in services { judge(service, at: now) }
        guard !impairments.isEmpty else { return }
        let duration = holdDuration
        impairments.removeAll { $0.goodSince.map { now - $0 >= duration } ?? false }
    }

    /// Only one that answers, or has just done so.
    var canBeImpaired: Bool {
        switch liveness.phase {
        case .up, .suspect, .recovering: true
        case .unknown, .down, nil: false
        }
    }

    var nextJudgement: Instant? {
        // While nothing impairs it, it is judged when there is something to do anyway: nothing new is known before the next probe.
        guard !impairments.isEmpty, canBeImpaired else { return nil }
        let ends = impairments.compactMap(\.goodSince).min().map { $0 + holdDuration }
        return earlier(hasThresholds ? judgedNextAt : nil, ends)
    }

    private mutating func judgeThresholds(at now: Instant) {
        let thresholds = wan.probe.thresholds
        guard judgedNextAt.map({ $0 <= now }) ?? true else { return }
        judgedNextAt = now + Self.judgedEvery
        if let moment = recoveredAt, now - moment > Window.span { recoveredAt = nil }
        let quality = judgedQuality
        guard quality.judged >= Self.fewestSamples else { return }
        // A full queue drops what doesn't fit. That is the clients' doing and no fault of the line, for as long as it is in the window.
        if isDelayed, traffic?.isCarrying(at: now) ?? false { queuedAt = now }
        if thresholds.loss != nil, queuedAt.map({ now - $0 > Window.span }) ?? true {
            let loss = thresholds.judgeLoss(quality)
            set([.lossy], isBad: loss.isBad ? .lossy : nil, isGood: loss.isGood, at: now)
            tell(loss: quality.loss ?? 0)
        }
        let time = thresholds.judgeTime(quality, percentile99: percentile99)
        set([.slow], isBad: time.isBad ? .slow : nil, isGood: time.isGood, at: now)
    }

    /// How bad it is varies with every probe; a figure that has doubled, or grown by 30 points, is news once more.
    private mutating func tell(loss: Double) {
        guard let index = impairments.firstIndex(where: { $0.fault == .lossy }) else { return }
        let told = impairments[index].toldLoss
        guard loss >= min(told * 2, told + 0.3), loss > told else { return }
        impairments[index].toldLoss = loss
        if told > 0 { grownWorse &+= 1 }
    }

    // MARK: services

    /// All the targets that ask for one kind of service: it is dead when all of them say so.
    struct Service: Equatable {
        var kind: Question.Kind
        /// What can be wrong with it.
        var faults: [Fault]
        var dead: Fault
        var targets: [Int]

        /// What is wrong if it is this answer, or none.
        func fault(of wrong: WrongAnswer?) -> Fault {
            guard let fault = wrong?.kind.fault, faults.contains(fault) else { return dead }
            return fault
        }
    }

    /// Where services are all there is to go by, they decide whether it is alive, and are nothing beside that.
    var groupedServices: [Service] {
        Question.Kind.allCases.compactMap { kind in
            guard let service = kind.entry.service else { return nil }
            let members = targets.indices.filter { targets[$0].target.question.kind == kind && !counting.contains($0) }
            return members.isEmpty ? nil : Service(kind: kind, faults: service.faults, dead: service.dead, targets: members)
        }
    }

    /// A service has failed at all its targets, though not yet often enough to be called dead.
    package var hasServiceInDoubt: Bool {
        services.contains { service in
            let judged = judgedTargets(of: service)
            return !judged.isEmpty && judged.allSatisfy { targets[$0].hasAnsweredLast == false }
        }
    }

    /// One that couldn't be asked says nothing.
    private func judgedTargets(of service: Service) -> [Int] {
        service.targets.filter { targets[$0].question != nil && targets[$0].sendError == nil }
    }

    private mutating func judge(_ service: Service, at now: Instant) {
        let judged = judgedTargets(of: service)
        let failed = judged.filter { targets[$0].hasFailed }
        var fault: Fault?
        if !judged.isEmpty, failed.count == judged.count {
            // A lie says more than silence.
            let wrong = failed.compactMap { targets[$0].wrong }
            fault = service.fault(of: wrong.first)
        }
        let isGood = judged.contains { targets[$0].hasAnsweredLast ?? false }
        set(service.faults, isBad: fault, isGood: isGood, at: now)
    }

    /// - Parameter faults: those of which at most one is there at a time.
    private mutating func set(_ faults: [Fault], isBad fault: Fault?, isGood: Bool, at now: Instant) {
        if let index = impairments.firstIndex(where: { !$0.isFound && faults.contains($0.fault) }) {
            if let fault, fault != impairments[index].fault {
                impairments[index] = Impairment(fault: fault, since: impairments[index].since)
            } else if isGood {
                impairments[index].goodSince = impairments[index].goodSince ?? now
            } else {
                impairments[index].goodSince = nil
            }
        } else if let fault {
            impairments.append(Impairment(fault: fault, since: now))
        }
    }

    /// What was wrong with the last answer of whatever makes this fault, in words.
    package func evidence(for fault: Fault) -> String? {
        targets.lazy.compactMap(\.wrong).first { $0.kind.fault == fault }?.detail ?? found.first { $0.fault == fault }?.evidence
    }
}
