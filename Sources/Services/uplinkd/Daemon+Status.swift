import Control
import ControlProtocol
import Engine
import Floor
import FoundationEssentials
import Glibc
import Health
import LinuxKernel
import Model
import Plan
import Probing
import Selection
import Shell
import Varlink

/// The engine's state in the words of the control protocol: the one place where domain types become wire types.
extension Daemon {
    var statusReport: Status {
        let now = clock.now()
        let carrying = engine.carrying
        return Status {
            $0.version = Version.current
            $0.pid = Int(getpid())
            $0.started = wireTime(chronicle.started)
            $0.configurationFile = options.configuration
            $0.selection = selectionStatus(at: now)
            $0.wans = engine.healths.map { wanStatus($0, now: now, carrying: carrying) }
            $0.nat = NATStatus(
                ok: engine.isNATInOrder, variant: loop.firewallKind, problem: natProblem?.sentence)
            $0.drill = engine.drillNow(at: now)?.sentence
            $0.problems = problems(at: now).map(\.sentence)
            $0.counters = counters
        }
    }

    func selectionStatus(at now: Instant) -> SelectionStatus {
        SelectionStatus(
            wan: engine.selection.wan?.description, reason: engine.reason(at: now).sentence, since: wallTime(engine.selectedSince, now),
            sinceSeconds: (now - engine.selectedSince).inSeconds, pinned: engine.pin != nil, pinnedTo: engine.pin?.description)
    }

    private var natProblem: FirewallProblem? { engine.isNATInOrder ? nil : engine.natProblem ?? .notLookedAt }

    private func problems(at now: Instant) -> [StatusProblem] {
        engine.problems(at: now) + [commands.configurationProblem, chronicle.stateProblem].compactMap { $0 }
            + chronicle.boxProblems.map(StatusProblem.box)
    }

    private var counters: [String: Int] {
        let own = engine.counters
        let counters = [
            "probes_sent": own.probesSent, "probes_not_sent": own.probesNotSent, "switches": own.switches, "repairs": own.repairs,
            "firewall_applied": own.firewallApplied, "sessions_moved": own.sessionsMoved,
        ]
        return counters.merging(senses.counters) { own, _ in own }
    }

    private func wanStatus(_ health: WANHealth, now: Instant, carrying: WANName?) -> WANStatus {
        let interface = engine.snapshot?.interface(health.wan.interface)
        let routes = engine.snapshot?.routes ?? []
        let own = routes.first { $0.isOurs && $0.family == .v4 && $0.table == Route.mainTable && $0.interface == health.wan.interface }
        return WANStatus {
            $0.name = health.wan.name.description
            $0.interface = health.wan.knownInterface?.description ?? "-"
            $0.metric = Int(health.wan.metric)
            $0.metered = health.wan.isMetered
            $0.health = health.state.rawValue
            $0.fault = health.fault?.sentence
            $0.impairments = health.impairments.map {
                ImpairmentStatus(
                    fault: $0.fault.sentence, sinceSeconds: (now - $0.since).inSeconds, evidence: health.evidence(for: $0.fault))
            }
            $0.since = wallTime(health.since, now)
            $0.sinceSeconds = (now - health.since).inSeconds
            $0.upInSeconds = health.upAt.map { hundredths(max(0, ($0 - now).inSeconds)) }
            $0.selected = engine.selection.wan == health.wan.name
            $0.usable = engine.isUsable(health)
            $0.carries = carrying == health.wan.name
            $0.gateway = health.gateway?.description
            $0.gateway6 = engine.gateway6(of: health.wan.name)?.description
            $0.addresses = (interface?.addresses.map(\.description) ?? []) + (interface?.addresses6.map(\.description) ?? [])
            $0.resolvers = engine.resolvers(of: health.wan).map(\.description)
            $0.draining = engine.isDraining(health.wan.name)
            $0.drainEndsInSeconds = engine.drainEnd(of: health.wan.name).map { hundredths(max(0, ($0 - now).inSeconds)) }
            $0.routeMetric = own.map { Int($0.metric) }
            // The window holds what was before: nothing is measured where nothing is sent, and no round trip where nothing answers.
            let isAsked = ![.absent, .noCarrier, .noGateway].contains(health.state)
            let isAnswering = isAsked && health.state != .down
            $0.roundTripMilliseconds = isAnswering ? milliseconds(health.quality.mean) : nil
            $0.lossPercent = isAsked ? health.quality.loss.map { hundredths($0 * 100) } : nil
            $0.deviationMilliseconds = isAnswering ? milliseconds(health.quality.deviation) : nil
            $0.percentile99Milliseconds = isAnswering ? milliseconds(health.percentile99) : nil
            $0.bytesPerMonth = Int(bytesPerMonth(health).rounded())
            $0.reason = engine.condition(of: health, at: now).sentence(of: health.wan.name)
            $0.readiness = engine.readiness(of: health.wan.name, at: now).map {
                ReadinessStatus(
                    ready: $0.isReady, provenSeconds: $0.provenAt.map { hundredths((now - $0).inSeconds) }, problem: $0.problem?.sentence
                )
            }
            let six = engine.healthOfIPv6(health.wan.name)
            $0.ipv6 = six.map { six in
                IPv6Status(
                    health: six.state.rawValue, fault: six.fault?.sentence, sinceSeconds: (now - six.since).inSeconds,
                    selected: engine.selection(.v6).wan == six.wan.name, reason: engine.condition(of: six, at: now).sentence)
            }
            $0.targets = (health.targets + (six?.targets ?? [])).map { target in
                let quality = target.window.summary
                return TargetStatus(
                    target: target.target.description, address: target.question?.description, answered: target.hasAnsweredLast,
                    roundTripMilliseconds: milliseconds(quality.mean), lossPercent: quality.loss.map { hundredths($0 * 100) },
                    problem: target.problem)
            }
        }
    }

    private func bytesPerMonth(_ health: WANHealth) -> Double {
        let probe = health.wan.probe
        return probe.bytesPerMonth(factor: health.factor)
            + (health.wan.name == engine.selection.wan ? 0 : probe.readinessBytesPerMonth)
    }

    private func wallTime(_ moment: Instant, _ now: Instant) -> String {
        wireTime(Date(timeIntervalSinceNow: -(now - moment).inSeconds))
    }
}
