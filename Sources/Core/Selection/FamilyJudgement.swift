import Health
import Model

/// Which WAN carries the sessions of one family, and what is asked to find out. `Judgement` has two of them where the families of a WAN are judged
/// apart.
struct FamilyJudgement: Equatable, Sendable {
    /// A silence that is over sooner isn't worth a move to a WAN that has only just come back.
    static let shortSilence: Duration = .seconds(2)

    /// WANs that are judged elsewhere, and could carry sessions of this family as well.
    struct Guest: Equatable, Sendable {
        var metric: UInt32
        var candidate: Candidate
        var isReady: Bool
    }

    private(set) var healths: [WANHealth] = []
    private(set) var selection = Selection()
    private(set) var selectedSince: Instant
    /// The WAN that the operator asked for.
    private(set) var pin: WANName?
    /// Whether a name and a page came by those that were asked for them. Of IPv6 alone nobody is.
    private var proofs: [WANName: Bool] = [:]
    /// A drill plays that this one is down. It is probed as ever.
    private(set) var playedDown: WANName?
    var guests: [Guest] = [] {
        didSet { if guests != oldValue { isStale = true } }
    }
    private var minimumStay: Duration
    /// When the last switch was that nobody asked for. The minimum stay counts from it.
    private var movedAt: Instant?
    /// For which suspicion of the selected WAN the others have been asked.
    private var askedForDoubt: Instant?
    /// The same for its services.
    private var hasAskedServices = false
    /// What clients' sessions have made one ask by the selected WAN. Of IPv6 alone nobody is asked.
    private var inquiry: Inquiry?
    private var outbox: Outbox
    private var changes: [Judgement.Change] = []
    /// Something has happened that the selection depends on. Most probes are answered as expected, and nothing follows from that.
    private var isStale = true
    /// Where the selected WAN is in `healths`.
    private var selectedIndex: Int?

    /// - Parameter family: of which the probes' numbers tell.
    init(_ family: IPFamily, minimumStay: Duration, pin: WANName? = nil, playedDown: WANName? = nil, at now: Instant) {
        self.minimumStay = minimumStay
        self.pin = pin
        self.playedDown = playedDown
        outbox = Outbox(family)
        selectedSince = now
    }

    // MARK: events

    /// - Parameters:
    ///   - wans: in the order of their metrics; each with the family that its targets are of, nil: of both.
    ///   - isPresumedDown: an earlier run left this WAN demoted.
    mutating func configure(
        _ wans: [(settings: WANSettings, family: IPFamily?)], minimumStay: Duration, at now: Instant, isPresumedDown: (WANSettings) -> Bool
    ) {
        self.minimumStay = minimumStay
        let old = healths
        healths = wans.map { wan, family in
            if var known = old.first(where: {
                $0.wan.name == wan.name && ($0.wan.interface == wan.interface || $0.wan.isMeant(as: wan)) && $0.wan.number == wan.number
            }) {
                known.configure(wan, family, at: now)
                return known
            }
            return WANHealth(wan, family, presumedDown: isPresumedDown(wan), at: now)
        }
        isStale = true
        selectedIndex = healths.firstIndex { $0.wan.name == selection.wan }
        for health in healths where !old.contains(where: { $0.wan.name == health.wan.name }) {
            changes.append(Judgement.Change(wan: health.wan.name, before: nil))
        }
    }

    mutating func observe(_ index: Int, _ condition: WANHealth.LinkCondition, at now: Instant) {
        change(index) { $0.observe(condition, at: now) }
    }

    mutating func take(_ id: ProbeID, _ outcome: ProbeOutcome, at now: Instant) {
        guard let number = id.wan, let index = healths.firstIndex(where: { $0.wan.number == number }) else { return }
        if case .inquiry = id.owner {
            inquiry?.take(id, outcome)
            return change(index) { $0.take(id, outcome, at: now) }
        }
        change(index) { health in
            switch outcome {
            case .answered(let seconds):
                // A figure from outside: a recording's, or a clock's that has jumped.
                let time = min(max(seconds.isFinite ? seconds : 0, 0), 3600)
                health.answered(id, after: .nanoseconds(Int64(time * 1e9)), at: now)
            case .wrong(let answer): health.answeredWrongly(id, answer, at: now)
            case .tooLong: break
            case .notSent(let error): health.notSent(id, error: error, at: now)
            }
        }
    }

    /// - Parameter probes: those of the other family since the last reading, and the answers to them.
    mutating func count(_ wan: WANName, _ counters: LinkCounters, besides probes: LinkCounters?, at now: Instant) {
        guard let index = healths.firstIndex(where: { $0.wan.name == wan }) else { return }
        change(index) { $0.count(counters, besides: probes, at: now) }
        if index == selectedIndex { setPace(index, at: now) }
    }

    mutating func hear(_ wan: WANName, _ sessions: NewSessions, at now: Instant) {
        guard let selectedIndex, healths[selectedIndex].wan.name == wan, wan != playedDown else { return }
        guard let kind = healths[selectedIndex].hear(sessions, mayAsk: inquiry == nil, at: now) else { return }
        let questions = healths[selectedIndex].questions(about: kind)
        if !questions.isEmpty { inquiry = Inquiry(kind, of: wan, questions, at: now) }
    }

    /// The operator's word. What he asks for happens at once, whatever was a moment ago.
    mutating func pin(_ wan: WANName?) {
        pin = wan
        movedAt = nil
        isStale = true
    }

    /// nil: it hasn't been asked for a name and a page, or the answer is out of date.
    mutating func prove(_ wan: WANName, _ isProven: Bool?) {
        guard proofs[wan] != isProven else { return }
        proofs[wan] = isProven
        isStale = true
    }

    /// For a copy: somebody wonders what would be chosen then. False: nothing that is configured would ever find it.
    mutating func suppose(_ supposed: Supposed, of wan: WANName, at now: Instant) -> Bool {
        guard let index = healths.firstIndex(where: { $0.wan.name == wan }), let health = healths[index].supposing(supposed, at: now) else {
            return false
        }
        healths[index] = health
        return true
    }

    mutating func choose(at now: Instant) { select(at: now) }

    mutating func play(down wan: WANName?) {
        guard wan != playedDown else { return }
        playedDown = wan
        isStale = true
    }

    /// Where an earlier run left the traffic is where it stays until there is a reason to move it.
    mutating func begin(with wan: WANName?) {
        selection.wan = wan
        isStale = true
    }

    mutating func hear(_ index: Int, _ otherFamilySentAt: Instant) { healths[index].hear(otherFamilySentAt) }

    /// What the WAN's other family leads to.
    mutating func follow(_ other: WANHealth, _ index: Int, at now: Instant) -> Bool {
        var hasChanged = false
        change(index) { hasChanged = $0.follow(other, at: now) }
        return hasChanged
    }

    // MARK: time

    var deadline: Instant? {
        var next: Instant?
        for index in healths.indices { next = earlier(next, healths[index].wakeAt) }
        return earlier(earlier(next, reviewAt), inquiry?.deadline)
    }

    /// To be called after every event: what is due is done, and the selection follows.
    mutating func advance(to now: Instant) {
        // Twice: whoever is to be asked at once, because of another one, is asked now.
        for _ in 0..<2 {
            advanceHealths(to: now)
            compareTargets(at: now)
            inquire(at: now)
            if isStale || reviewAt.map({ $0 <= now }) ?? false {
                isStale = false
                select(at: now)
                for index in healths.indices { setPace(index, at: now) }
                // How bad a lossy WAN is, and whether another one has been asked often enough, changes with every probe.
                isStale = healths.contains { $0.verdict.state == .impaired }
            }
            askOthers(at: now)
        }
    }

    mutating func takeRequests() -> (requests: [ProbeRequest], readings: [WANName]) { outbox.takeAll() }

    mutating func takeChanges() -> [Judgement.Change] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }

    private mutating func advanceHealths(to now: Instant) {
        for index in healths.indices {
            guard let deadline = healths[index].deadline, deadline <= now else { continue }
            let before = condition(of: index)
            healths[index].advance(to: now, &outbox)
            note(index, before)
        }
    }

    /// A target has ceased to answer by one WAN: whether it does by the others tells whose fault that is.
    private mutating func compareTargets(at now: Instant) {
        for index in healths.indices where healths[index].hasCeasedTargets {
            let others = healths.indices.filter { $0 != index && isReady($0) }
            let before = condition(of: index)
            let wanted = healths[index].compare(with: others.map { healths[$0] }, at: now)
            note(index, before)
            for target in wanted { for other in others { healths[other].askAtOnce(target, at: now) } }
        }
    }

    /// Not while the WAN is in doubt: then all of it is, and that is found otherwise.
    private mutating func inquire(at now: Instant) {
        guard let current = inquiry else { return }
        guard let selectedIndex, healths[selectedIndex].wan.name == current.wan, current.wan != playedDown,
            [.up, .impaired].contains(healths[selectedIndex].state), healths[selectedIndex].verdict.doubtedSince == nil,
            !healths[selectedIndex].isTooSlowToAsk
        else {
            inquiry = nil
            return
        }
        let standbys = healths.indices.filter { $0 != selectedIndex && isReady($0) }.map { healths[$0] }
        switch inquiry?.advance(to: now, healths[selectedIndex], standbys: standbys, &outbox) {
        case nil: return
        case .nothing: healths[selectedIndex].isNothing(current.kind)
        case .dead(let questions): change(selectedIndex) { $0.find(current.kind, by: questions, at: now) }
        }
        inquiry = nil
    }

    private mutating func change(_ index: Int, _ body: (inout WANHealth) -> Void) {
        let before = condition(of: index)
        body(&healths[index])
        note(index, before)
    }

    private struct Condition: Equatable {
        let state: HealthState
        let fault: Fault?
        let isImpaired: Bool
        let grownWorse: UInt32
    }

    private func condition(of index: Int) -> Condition {
        let verdict = healths[index].verdict
        return Condition(state: verdict.state, fault: verdict.fault, isImpaired: verdict.isImpaired, grownWorse: healths[index].grownWorse)
    }

    private mutating func note(_ index: Int, _ before: Condition) {
        let after = condition(of: index)
        guard after != before else { return }
        isStale = true
        if after.state != before.state || after.state == .impaired {
            changes.append(Judgement.Change(wan: healths[index].wan.name, before: before.state))
        }
    }

    // MARK: selection

    private mutating func select(at now: Instant) {
        let candidates = candidates(at: now)
        let stayUntil = movedAt.map { $0 + minimumStay }.flatMap { $0 > now ? $0 : nil }
        let old = selection.wan
        selection = Selection.choose(from: candidates, current: old, pin: pin, stayUntil: stayUntil)
        selectedIndex = healths.firstIndex { $0.wan.name == selection.wan }
        guard selection.wan != old else { return }
        selectedSince = now
        if old != nil, selection.reason != .pinned { movedAt = now }
    }

    private func candidates(at now: Instant) -> [Candidate] {
        let own = healths.map { candidate($0, at: now) }
        guard !guests.isEmpty else { return own }
        let all = zip(healths.map(\.wan.metric), own).map { ($0, $1) } + guests.map { ($0.metric, $0.candidate) }
        return all.sorted { $0.0 < $1.0 }.map(\.1)
    }

    func candidate(_ health: WANHealth, at now: Instant) -> Candidate {
        guard health.wan.name != playedDown else { return Candidate(wan: health.wan.name, health: .down) }
        return Candidate(
            wan: health.wan.name, health: health.state, impairment: health.impairment, isMeasured: health.isMeasured(at: now),
            isInDoubt: health.hasServiceInDoubt, silentUntil: silence(of: health, at: now),
            unheard: health.isUnheard ? proofs[health.wan.name].map { $0 ? .proven : .failed } ?? .untried : nil)
    }

    /// When the selection changes by itself, without anything happening.
    private var reviewAt: Instant? {
        switch selection.reason {
        case .staying(_, let until), .waiting(_, let until): until
        case .firstChoice, .bestUsable, .pinned, .noneBetter, .onlyRecovering, .onlyUnknown, .onlyProven, .onlyUntried, .noneUsable,
            .nothingKnown:
            nil
        }
    }

    private func silence(of health: WANHealth, at now: Instant) -> Instant? {
        // One that has never answered has not just fallen silent.
        guard health.state == .down, !health.isUnheard else { return nil }
        let end = health.since + Self.shortSilence
        return end > now ? end : nil
    }

    /// The selected WAN is in doubt: ask the others, so that a switch goes to one that lives. Only when the first round of questions went unanswered,
    /// since most suspicions end there, and asking a metered WAN costs.
    private mutating func askOthers(at now: Instant) {
        askOthersServices(at: now)
        guard let selectedIndex, let doubt = healths[selectedIndex].verdict.doubtedSince, doubt != askedForDoubt else { return }
        askedForDoubt = doubt
        for index in healths.indices where index != selectedIndex { healths[index].askAtOnce(at: now) }
    }

    private mutating func askOthersServices(at now: Instant) {
        // Most have no services: that is asked first, since `hasServiceInDoubt` is a property of the whole, for which it is copied.
        guard let selectedIndex else { return }
        let isInDoubt = healths[selectedIndex].hasServices && healths[selectedIndex].hasServiceInDoubt
        defer { hasAskedServices = isInDoubt }
        guard isInDoubt, !hasAskedServices else { return }
        for index in healths.indices where index != selectedIndex { healths[index].askServicesAtOnce(at: now) }
    }

    private mutating func setPace(_ index: Int, at now: Instant) {
        let health = healths[index]
        let isSelected = health.wan.name == selection.wan
        healths[index].watchTraffic(isSelected, at: now)
        healths[index].leaveAlone(!healths.indices.contains { $0 != index && isReady($0) } && !guests.contains(where: \.isReady))
        if isSelected {
            healths[index].pace(health.paceOfCarrier(at: now), at: now)
        } else {
            healths[index].pace(health.wan.probe.factor(isResting: health.wan.isMetered && isResting(health)), at: now)
        }
    }

    func isReady(_ index: Int) -> Bool { healths[index].verdict.state.isUsable && healths[index].wan.name != playedDown }

    /// A metered WAN isn't asked more than it takes.
    private func isResting(_ health: WANHealth) -> Bool {
        // One that comes back has to show that it is good.
        if health.state == .recovering { return false }
        // The selected one is lossy or slow: whether this one is better has to be measured.
        guard let selectedIndex else { return true }
        return !(healths[selectedIndex].state == .impaired && healths[selectedIndex].fault?.isOfService == false)
    }
}

extension WANHealth {
    /// As the selection sees it: also while it is suspect, it is what it was before.
    fileprivate var impairment: Candidate.Impairment? {
        guard !impairments.isEmpty else { return nil }
        return impairments.contains { $0.fault.isOfService } ? .service : .quality(badness)
    }
}
