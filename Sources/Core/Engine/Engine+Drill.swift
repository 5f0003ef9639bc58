package import Health
package import Model
import Selection

// Drills. The fault of one is part of what we want, of the selection or of the firewall, so it goes the way of everything else: when the drill is
// over it isn't wanted any more, and the next plan takes it away. A daemon that starts wants none.
extension Engine {
    /// Of this WAN a drill plays that it is down.
    func isPlayedDown(_ wan: WANName) -> Bool { judgement.playedDown == wan }

    /// It may carry sessions, as far as we act on it.
    package func isUsable(_ health: WANHealth) -> Bool { health.state.isUsable && !isPlayedDown(health.wan.name) }

    /// The rules of a drill drop it, and of the box's own packets the kernel tells the sender (EPERM). The fault that is played would tell nobody: so
    /// nothing is heard of this probe, and it is lost when its time is over.
    func isSwallowed(_ probe: ProbeID) -> Bool {
        guard let drill, drill.isPlaying, drill.order.fault.needsRules else { return false }
        return settings[drill.order.wan]?.number == probe.wan
    }

    /// For the status. nil: there is none.
    package func drillNow(at now: Instant) -> DrillNow? {
        guard let drill else { return nil }
        guard drill.isPlaying else { return .returning(drill.order.wan) }
        return .playing(drill.order.wan, drill.order.fault, seconds: seconds(until: drill.ends, at: now))
    }

    // MARK: whether

    /// - Parameter force: also where it can show little, or where it cuts the office off for a while.
    package func permit(_ order: DrillOrder, force: Bool, at now: Instant) throws(DrillRefusal) {
        let wan = order.wan
        guard snapshot != nil, let health = healths.first(where: { $0.wan.name == wan }) else { throw .nothingRead }
        let others = healths.filter { $0.wan.name != wan }
        guard !others.isEmpty else { throw .onlyWAN(wan) }
        if force { return }
        if let drill { throw .underWay(drill.order.wan) }
        if let selected = selection.wan, selected != wan { throw .notSelected(wan, selected: selected) }
        guard others.contains(where: { isReady($0, at: now) }) else {
            throw .noneReady(others.map { .init(wan: $0.wan.name, why: whyUnready($0, at: now)) })
        }
        guard isNATInOrder else { throw .noNAT }
        let probe = health.wan.probe
        switch order.fault {
        case .down, .silent: break
        case .dns where !probe.targets.contains { $0.question.kind == .dns }: throw .noDNSTarget(wan)
        case .lossy(let percent) where probe.thresholds.loss.map({ Double(percent) / 100 <= $0.leave }) ?? true:
            throw .lossAllowed(wan, leave: probe.thresholds.loss?.leave, percent: percent)
        case .dns, .lossy: break
        }
    }

    /// It would take over at once, and well.
    private func isReady(_ health: WANHealth, at now: Instant) -> Bool {
        health.state == .up && readiness(of: health.wan.name, at: now)?.isReady ?? true
    }

    private func whyUnready(_ health: WANHealth, at now: Instant) -> Unreadiness {
        if health.state == .up, let problem = readiness(of: health.wan.name, at: now)?.problem { return problem }
        return .condition(condition(of: health, at: now))
    }

    // MARK: its course

    mutating func begin(_ order: DrillOrder, at now: Instant, _ notices: inout [Happening]) {
        drill = Drill(order, at: now)
        if !order.fault.needsRules { judgement.play(down: order.wan) }
        tell(.begun(order.fault, for: order.duration), at: now, &notices)
    }

    /// Before its time, and altogether.
    mutating func endDrill(because reason: DrillEnd, at now: Instant, _ notices: inout [Happening]) {
        guard let drill else { return }
        tell(.ended(reason, isPlaying: drill.isPlaying), at: now, &notices)
        conclude(.stopped, at: now, &notices)
    }

    /// Its time is over. Before the selection is made, so that it follows at once.
    mutating func passDrillTime(at now: Instant, _ notices: inout [Happening]) {
        guard let drill, drill.deadline <= now else { return }
        guard drill.isPlaying else { return conclude(.noFailback, at: now, &notices) }
        tell(.ended(.timeIsOver, isPlaying: true), at: now, &notices)
        judgement.play(down: nil)
        self.drill?.stage = .returning(since: now)
        if drill.failover == nil { conclude(.noFailover, at: now, &notices) }
    }

    /// After the selection has been made.
    mutating func followDrill(from selectedBefore: WANName?, at now: Instant, _ notices: inout [Happening]) {
        guard var drill, let health = healths.first(where: { $0.wan.name == drill.order.wan }) else { return }
        let wan = drill.order.wan
        if drill.isPlaying {
            let hasBackup = healths.contains { $0.wan.name != wan && ($0.state.isUsable || isProvenUnheard($0)) }
            if drill.hadBackup, !hasBackup {
                endDrill(because: .noBackup, at: now, &notices)
                // In this very step, or the office would wait for another event.
                judgement.advance(to: now)
                return
            }
            drill.hadBackup = drill.hadBackup || hasBackup
            if drill.stoodAt == nil, isDrillInForce {
                drill.stoodAt = now
                self.drill = drill
                tell(.set(drill.order.fault, health.wan.interface), at: now, &notices)
            }
            if drill.noticedAt == nil, drill.order.fault.needsRules, ![.up, .unknown, .recovering].contains(health.state) {
                drill.noticedAt = now
                self.drill = drill
                tell(.noticed(condition(of: health, at: now)), at: now, &notices)
            }
        }
        if let selected = selection.wan, selected != wan, selectedBefore == wan, drill.failover == nil {
            drill.failover = Drill.Move(wan: selected, at: now)
            self.drill = drill
            tell(.failover(to: selected, after: now - drill.start), at: now, &notices)
        }
        self.drill = drill
        if case .returning(let since) = drill.stage, selection.wan == wan, let failover = drill.failover {
            tell(.failback(from: selectedBefore ?? failover.wan, after: now - since), at: now, &notices)
            conclude(.passed, at: now, &notices)
        }
    }

    private mutating func conclude(_ outcome: DrillOutcome, at now: Instant, _ notices: inout [Happening]) {
        guard let drill else { return }
        judgement.play(down: nil)
        var failback: Duration?
        if outcome == .passed, case .returning(let since) = drill.stage { failback = now - since }
        tell(.over(outcome, failover: drill.failover.map { $0.at - drill.start }, failback: failback), at: now, &notices)
        self.drill = nil
    }

    /// The rules of the drill stand, in both families where both can be seen to.
    private var isDrillInForce: Bool {
        guard let drill else { return false }
        let desired = desiredFirewall
        return !drill.order.fault.needsRules
            || desired.places.allSatisfy { place in
                desired.drill(in: place) == nil || isInOrder(place) || (firewall[place]?.problem != nil && place.isIPv6)
            }
    }

    private func tell(_ what: DrillStep.What, at now: Instant, _ notices: inout [Happening]) {
        guard let drill else { return }
        notices.append(.drill(DrillStep(wan: drill.order.wan, after: now - drill.start, what: what)))
    }
}
