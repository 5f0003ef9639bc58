package import Health
package import Model

/// Health and Selection together: all that decides which WAN carries the sessions, without the kernel that it is done to.
///
/// A part of the engine by itself so that the simulator can run the very same code for months.
///
/// A WAN with both families, and with targets beyond the gateway in both, is judged in each by its own targets, and each family is carried by the WAN
/// that its own health speaks for. All other WANs are judged as a whole, and while no WAN is judged apart IPv6 follows.
package struct Judgement: Equatable, Sendable {
    /// Every WAN: by its IPv4 where its families are judged apart, and otherwise as a whole.
    private var first: FamilyJudgement
    /// The IPv6 of those that are judged apart. nil: of none.
    private var six: FamilyJudgement?
    private var wans: [WANSettings] = []
    private var minimumStay: Duration
    /// Once a WAN has had both families it is judged by each, also while it lacks one.
    private var apart: Set<WANName> = []
    /// They have a way out by IPv6.
    private var ways6: Set<WANName> = []
    /// An earlier run left their IPv6 demoted.
    private var presumedDown6: Set<WANName> = []

    /// A WAN's health or its fault was another one before.
    package struct Change: Equatable, Sendable {
        package var wan: WANName
        /// nil: the WAN is new.
        package var before: HealthState?
    }

    package init(minimumStay: Duration = Settings.defaultMinimumStay, pin: WANName? = nil, at now: Instant) {
        self.minimumStay = minimumStay
        first = FamilyJudgement(.v4, minimumStay: minimumStay, pin: pin, at: now)
    }

    // MARK: what is thought

    package var healths: [WANHealth] { first.healths }
    package var selection: Selection { first.selection }
    package var selectedSince: Instant { first.selectedSince }
    /// The WAN that the operator asked for.
    package var pin: WANName? { first.pin }
    /// A drill plays that this one is down. It is probed as ever.
    package var playedDown: WANName? { first.playedDown }

    /// nil: IPv6 follows.
    package var selectionOfIPv6: Selection? { six?.selection }
    package var selectedSinceOfIPv6: Instant? { six?.selectedSince }
    /// Of the WANs that are judged apart.
    package var healthsOfIPv6: [WANHealth] { six?.healths ?? [] }

    package func selection(_ family: IPFamily) -> Selection { family == .v6 ? six?.selection ?? first.selection : first.selection }

    /// By which this family of a WAN is judged.
    package func health(_ family: IPFamily, of wan: WANName) -> WANHealth? {
        let own = family == .v6 && apart.contains(wan) ? six?.healths.first { $0.wan.name == wan } : nil
        return own ?? first.healths.first { $0.wan.name == wan }
    }

    package func isJudgedApart(_ wan: WANName) -> Bool { apart.contains(wan) }
    /// It has a way out by IPv6.
    package func hasIPv6(_ wan: WANName) -> Bool { ways6.contains(wan) }

    // MARK: events

    /// - Parameter isPresumedDown: an earlier run left this family of a WAN demoted.
    package mutating func configure(
        _ settings: Settings, at now: Instant, isPresumedDown: (WANSettings, IPFamily) -> Bool = { _, _ in false }
    ) {
        minimumStay = settings.minimumStay
        for wan in settings.wans where !wans.contains(where: { $0.name == wan.name }) && isPresumedDown(wan, .v6) {
            presumedDown6.insert(wan.name)
        }
        wans = settings.wans
        apart = Set(wans.filter { apart.contains($0.name) && $0.isJudgedApart }.map(\.name))
        reconfigure(at: now, isPresumedDown)
    }

    private mutating func reconfigure(at now: Instant, _ isPresumedDown: (WANSettings, IPFamily) -> Bool) {
        first.configure(
            wans.map { apart.contains($0.name) ? ($0.withBothFamilies, .v4) : ($0, nil) }, minimumStay: minimumStay, at: now
        ) { isPresumedDown($0, .v4) }
        guard !apart.isEmpty else {
            six = nil
            return
        }
        var six = six ?? FamilyJudgement(.v6, minimumStay: minimumStay, pin: pin, playedDown: playedDown, at: now)
        if self.six == nil { six.begin(with: selection.wan) }
        six.configure(
            wans.filter { apart.contains($0.name) }.map { ($0.withBothFamilies, .v6) }, minimumStay: minimumStay, at: now
        ) { presumedDown6.contains($0.name) }
        self.six = six
    }

    /// What the kernel says of the interface, for each of the families.
    package mutating func observe(
        _ index: Int, _ ipv4: WANHealth.LinkCondition, ipv6: WANHealth.LinkCondition = .noGateway, at now: Instant
    ) {
        let wan = wans[index]
        if ipv6.isReady { ways6.insert(wan.name) } else { ways6.remove(wan.name) }
        if ipv4.isReady, ipv6.isReady, wan.isJudgedApart, !apart.contains(wan.name) {
            apart.insert(wan.name)
            reconfigure(at: now) { _, _ in false }
        }
        guard apart.contains(wan.name) else {
            // IPv6 alone will do where something is asked by it: if nothing were, nobody would ever know of this WAN.
            let isByIPv6 = !ipv4.isReady && ipv6.isReady && wan.probe.targets.contains { $0.question.isBeyondGateway6 }
            return first.observe(index, isByIPv6 ? ipv6 : ipv4, at: now)
        }
        first.observe(index, ipv4, at: now)
        if let place = six?.healths.firstIndex(where: { $0.wan.name == wan.name }) { six?.observe(place, ipv6, at: now) }
    }

    package mutating func take(_ id: ProbeID, _ outcome: ProbeOutcome, at now: Instant) {
        if id.isOfIPv6 { six?.take(id, outcome, at: now) } else { first.take(id, outcome, at: now) }
    }

    package mutating func count(_ wan: WANName, _ counters: LinkCounters, at now: Instant) {
        let probes = first.healths.first { $0.wan.name == wan }?.own
        let probes6 = six?.healths.first { $0.wan.name == wan }?.own
        first.count(wan, counters, besides: probes6, at: now)
        six?.count(wan, counters, besides: probes, at: now)
    }

    /// What has become of clients' new sessions. Only those by the WAN that carries: elsewhere there are but a few that were left behind.
    package mutating func hear(_ wan: WANName, _ sessions: NewSessions, at now: Instant) { first.hear(wan, sessions, at: now) }

    /// The operator's word. What he asks for happens at once, whatever was a moment ago.
    package mutating func pin(_ wan: WANName?) {
        first.pin(wan)
        six?.pin(wan)
    }

    /// nil: it hasn't been asked for a name and a page, or the answer is out of date.
    package mutating func prove(_ wan: WANName, _ isProven: Bool?) { first.prove(wan, isProven) }

    package mutating func play(down wan: WANName?) {
        first.play(down: wan)
        six?.play(down: wan)
    }

    /// Where an earlier run left the traffic is where it stays until there is a reason to move it.
    package mutating func begin(with wan: WANName?, ipv6: WANName? = nil) {
        first.begin(with: wan)
        six?.begin(with: ipv6 ?? wan)
    }

    // MARK: suppositions

    /// For a copy: somebody wonders what would be chosen then. False: nothing that is configured would ever find it.
    package mutating func suppose(_ supposed: Supposed, of wan: WANName, at now: Instant) -> Bool {
        // A lease is of IPv4.
        if supposed != .noGateway { _ = six?.suppose(supposed, of: wan, at: now) }
        return first.suppose(supposed, of: wan, at: now)
    }

    package mutating func choose(at now: Instant) {
        first.choose(at: now)
        let guests = guests(at: now)
        six?.guests = guests
        six?.choose(at: now)
    }

    // MARK: time

    package var deadline: Instant? { earlier(first.deadline, six?.deadline) }

    /// To be called after every event: what is due is done, and the selection follows.
    package mutating func advance(to now: Instant) {
        guard six != nil else { return first.advance(to: now) }
        exchangeWords()
        // Again: a family that is asked, or moved, because of the other one is so now.
        for _ in 0..<2 {
            first.advance(to: now)
            let guests = guests(at: now)
            six?.guests = guests
            six?.advance(to: now)
            guard align(at: now) else { return }
        }
        first.advance(to: now)
        six?.advance(to: now)
    }

    package mutating func takeRequests() -> (requests: [ProbeRequest], readings: [WANName]) {
        var (requests, readings) = first.takeRequests()
        if let (requests6, readings6) = six?.takeRequests() {
            requests += requests6
            readings += readings6.filter { !readings.contains($0) }
        }
        return (requests, readings)
    }

    package mutating func takeChanges() -> [Change] { first.takeChanges() }
    package mutating func takeChangesOfIPv6() -> [Change] { six?.takeChanges() ?? [] }

    // MARK: the two together

    /// WANs that are judged as a whole, as far as they have a way out by IPv6.
    private func guests(at now: Instant) -> [FamilyJudgement.Guest] {
        first.healths.indices.compactMap { index in
            let health = first.healths[index]
            guard !apart.contains(health.wan.name), ways6.contains(health.wan.name) else { return nil }
            return FamilyJudgement.Guest(
                metric: health.wan.metric, candidate: first.candidate(health, at: now), isReady: first.isReady(index))
        }
    }

    private func places(of wan: WANName) -> (Int, Int)? {
        guard let one = first.healths.firstIndex(where: { $0.wan.name == wan }),
            let other = six?.healths.firstIndex(where: { $0.wan.name == wan })
        else { return nil }
        return (one, other)
    }

    /// Both go by the same line: what one family hears tells the other whether a queue holds back its answers.
    private mutating func exchangeWords() {
        for wan in apart {
            guard let (one, other) = places(of: wan), let six else { continue }
            let (four, ofSix) = (first.healths[one], six.healths[other])
            if four.isAsking, let word = ofSix.promptlyAnsweredSentAt { first.hear(one, word) }
            if ofSix.isAsking, let word = four.promptlyAnsweredSentAt { self.six?.hear(other, word) }
        }
    }

    /// What befalls both families of a WAN befalls them together: one switch, and one that is told.
    /// - Returns: something has changed by it.
    private mutating func align(at now: Instant) -> Bool {
        var hasChanged = false
        for wan in apart {
            guard let (one, other) = places(of: wan), let six else { continue }
            let (four, ofSix) = (first.healths[one], six.healths[other])
            hasChanged = first.follow(ofSix, one, at: now) || hasChanged
            hasChanged = (self.six?.follow(four, other, at: now) ?? false) || hasChanged
        }
        return hasChanged
    }
}

extension WANHealth.LinkCondition {
    fileprivate var isReady: Bool { if case .ready = self { true } else { false } }
}

extension WANSettings {
    /// There are targets beyond the gateway in both families.
    fileprivate var isJudgedApart: Bool {
        let beyond = withBothFamilies.probe.targets.filter { !$0.question.isLocal && !$0.question.isService }
        return ipv6 == .masquerade && IPFamily.allCases.allSatisfy { family in beyond.contains { $0.question.family == family } }
    }

    fileprivate var withBothFamilies: WANSettings {
        var wan = self
        wan.probe.targets += wan.probe.targets6
        wan.probe.targets6 = []
        return wan
    }
}
