package import Engine
import Model
package import Plan

/// Events in by one door, effects out in their order: those that clients wait for come first, and what comes up meanwhile waits for its
/// turn.
///
/// It decides nothing: what it hears goes into the engine as an event, and what the engine says is done. The outcome goes back in as an
/// event. Not Sendable: it belongs to whoever made it, and is called where he is.
package final class Loop {
    package private(set) var engine: Engine
    private var parts: Parts?
    private var waiting: [Event] = []
    private var isHandling = false
    private var routingNotices = NoticeCollector()
    /// Changes to the firewall come as whole transactions, so there is little to wait for: clients without NAT are offline.
    private var firewallNotices = NoticeCollector(quiet: .milliseconds(1), ceiling: .milliseconds(10))
    /// When the kernel is read again, whether or not it has told of anything: not all settings of an interface are told of by every kernel.
    private var lookAt = Instant.start
    /// When the engine has something to do next. Kept, since to ask a property of a class for it copies the whole engine.
    private var engineDeadline: Instant?
    /// Why the last reading of the kernel went wrong. It is tried again.
    package private(set) var readingProblem: String?
    /// For when the alarm is set.
    private var alarm: Instant?

    /// From one reading of the kernel to the next, at the latest.
    package static let longestTrust: Duration = .seconds(60)

    package init(_ engine: Engine) { self.engine = engine }

    /// Of the firewall that is in use. nil: none has been found yet.
    package var firewallKind: String? { parts?.firewall.kind }

    /// The kernel's notices have to be heard by then, so that nothing is missed between the first reading and them.
    package func start(with parts: Parts) {
        self.parts = parts
        // Before the first reading, which asks for interfaces by their names.
        drain()
        waiting.append(reading(of: parts.kernel))
        lookAtFirewall(engine.desiredFirewall.places)
        drain()
        schedule()
    }

    // MARK: what comes in

    /// Before the start, it waits for it.
    package func take(_ event: Event) {
        handle(event)
        if !isHandling { schedule() }
    }

    package func hear(_ notices: Set<KernelNotice>) {
        guard let parts else { return }
        // At once, and not with the snapshot: a probe without its route would look lost.
        let ofRouting = notices.intersection([.routing, .overrun])
        if !ofRouting.isEmpty { parts.prober.routesChanged() }
        routingNotices.add(ofRouting, at: parts.time.now)
        firewallNotices.add(notices.subtracting([.routing, .devices]), at: parts.time.now)
        schedule()
    }

    package func firewallEnded(_ outcome: FirewallTask.Outcome) {
        guard let parts else { return }
        if let event = parts.firewall.ended(outcome, at: parts.time.now) {
            handle(event)
        } else if outcome.event != nil {
            // Of a firewall that a reload has retired meanwhile.
            lookAtFirewall(engine.desiredFirewall.places)
        }
        startFirewall()
        schedule()
    }

    package func timePassed() {
        guard let parts else { return }
        alarm = nil
        let now = parts.time.now
        let changed = firewallNotices.take(at: now)
        if changed.contains(.overrun) || parts.firewall.isPollDue(at: now) {
            lookAtFirewall(engine.desiredFirewall.places)
        } else if !changed.isEmpty {
            // Only at what the notices concern: NAT is back sooner than four programs could have looked at everything.
            lookAtFirewall(engine.desiredFirewall.places.filter { changed.contains(.firewall($0)) })
        }
        if !routingNotices.take(at: now).isEmpty || lookAt <= now { handle(reading(of: parts.kernel)) }
        if let engineDeadline, engineDeadline <= parts.time.now { handle(.tick) }
        schedule()
    }

    // MARK: what goes out

    private func handle(_ event: Event) {
        waiting.append(event)
        drain()
    }

    private func drain() {
        guard let parts, !isHandling else { return }
        isHandling = true
        while !waiting.isEmpty {
            let event = waiting.removeFirst()
            let now = parts.time.now
            let (effects, deadline) = engine.turn(event, at: now)
            engineDeadline = deadline
            carryOut(Turn(event: event, effects: effects, at: now), parts)
        }
        isHandling = false
    }

    private func carryOut(_ decided: Turn, _ parts: Parts) {
        var turn = decided
        parts.onlooker.decided(turn)
        for effect in turn.effects {
            switch effect {
            case .remember: parts.onlooker.remember()
            case .apply(let operations):
                let failures = parts.kernel.carryOut(operations)
                turn.applied = parts.time.now - turn.at
                waiting.append(.applied(failures: failures.map(\.error.description)))
            case .sweep(let sweep): parts.sweep(sweep)
            case .lookAtSockets(let scope): parts.lookAtSockets(scope)
            case .applyFirewall(let restore):
                parts.firewall.choose(FirewallChoice(engine.settings))
                parts.firewall.apply(restore)
                startFirewall()
            case .observeFirewall(let place): lookAtFirewall([place])
            case .probe(let request): parts.prober.send(request)
            case .readCounters(let wan): if let event = counters(of: wan, parts.kernel) { waiting.append(event) }
            case .readKernel: waiting.append(reading(of: parts.kernel))
            case .notify(let notice): parts.onlooker.tell(notice, turn)
            }
        }
        // A switch is followed by a reading, too.
        if case .snapshot = turn.event {
            parts.prober.retain(only: Set(engine.settings.wans.map(\.interface)))
            parts.watch(engine.sessionScope)
            // A DHCP client that has had news has told the kernel something, too; and at the latest after `longestTrust`.
            if let snapshot = engine.snapshot { parts.readFiles(engine.interfacesOfFiles(in: snapshot)) }
        }
        parts.onlooker.carriedOut(turn)
    }

    private func reading(of kernel: any Kernel) -> Event {
        if let parts { lookAt = parts.time.now + Self.longestTrust }
        do throws(KernelError) {
            let snapshot = try kernel.snapshot(of: engine.interfaces, lan: engine.lan)
            readingProblem = nil
            return .snapshot(snapshot)
        } catch {
            readingProblem = error.description
            return .snapshotFailed(error: error.description)
        }
    }

    /// Without an answer the probes are all there is to go by, as they are for every WAN that isn't selected.
    private func counters(of wan: WANName, _ kernel: any Kernel) -> Event? {
        guard let interface = engine.settings[wan]?.interface, let index = engine.snapshot?.interface(interface)?.index,
            let counters = try? kernel.linkCounters(of: index)
        else { return nil }
        return .counters(wan, counters)
    }

    private func lookAtFirewall(_ places: [FirewallPlace]) {
        guard let parts, !places.isEmpty else { return }
        parts.firewall.choose(FirewallChoice(engine.settings))
        parts.firewall.look(at: places)
        startFirewall()
    }

    private func startFirewall() { parts?.firewall.startNext(isInOrder: engine.isFirewallSettled && engine.isNATInOrder) }

    private func schedule() {
        guard let parts else { return }
        let ofKernel = earlier(earlier(routingNotices.deadline, firewallNotices.deadline), lookAt)
        // Also when it is later than before: an alarm for nothing costs more than to set it.
        guard let next = earlier(earlier(engineDeadline, parts.firewall.pollAt), ofKernel), next != alarm else { return }
        alarm = next
        parts.time.wake(at: next)
    }
}

extension Engine {
    /// Both at one go, in place.
    fileprivate mutating func turn(_ event: Event, at now: Instant) -> ([Effect], deadline: Instant?) { (handle(event, at: now), deadline) }
}
