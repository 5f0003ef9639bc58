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

/// The engine's state in the words of the control protocol: the one place where domain types become wire types.
extension Daemon {
    var statusReport: Status {
        let now = clock.now()
        let carrying = engine.carrying
        return Status(
            pid: Int(getpid()), started: wireTime(started), configurationFile: options.configuration,
            selection: SelectionStatus(
                wan: engine.selection.wan?.description, reason: engine.selectionReason(at: now), since: wallTime(engine.selectedSince, now),
                pinned: engine.pin != nil),
            wans: engine.healths.map { wanStatus($0, now: now, carrying: carrying) },
            nat: NATStatus(
                ok: engine.isNATInOrder, variant: loop.firewallKind, problem: natProblem),
            drill: engine.drillSentence(at: now), problems: problems, counters: counters)
    }

    private var natProblem: String? {
        engine.isNATInOrder ? nil : engine.natProblem ?? "it hasn't been looked at yet"
    }

    private var problems: [String] {
        var problems = [engine.kernelProblem, commands.configurationProblem, chronicle.stateProblem].compactMap { $0 }
        if let stranger = engine.stranger {
            problems.append(
                "new sessions leave by \(stranger), which is no WAN: somebody's default route there comes before ours (ip route)")
        }
        if let snapshot = engine.snapshot {
            problems += engine.settings.lan.filter { snapshot.interface($0) == nil }.map {
                "there is no LAN interface \($0), so nothing is forwarded from it; it is picked up when it appears"
            }
        }
        if engine.snapshot != nil, engine.selection.wan == nil { problems.insert(summary, at: 0) }
        if let problem = engine.sessionProblem { problems.append("sessions of a WAN that fails can't be deleted: \(problem)") }
        return engine.firewallProblems + problems + engine.ipv6Problems + boxProblems
    }

    private var counters: [String: Int] {
        var counters = [
            "probes_sent": engine.counters.probesSent, "probes_not_sent": engine.counters.probesNotSent,
            "replies": prober?.counters.replies ?? 0, "replies_ignored": prober?.counters.ignoredInAll ?? 0,
            "switches": engine.counters.switches, "repairs": engine.counters.repairs, "firewall_applied": engine.counters.firewallApplied,
            "sessions_moved": engine.counters.sessionsMoved,
            "notices_overrun": notices.counters.overruns, "notices_malformed": notices.counters.malformed,
            "notices_foreign": notices.counters.foreign,
        ]
        for (reason, count) in prober?.counters.ignored ?? [:] {
            counters["replies_ignored_" + reason.rawValue.map { $0 == "-" ? "_" : String($0) }.joined()] = count
        }
        // On the same queue, so it is at rest now.
        counters.merge(server?.assumeIsolated { $0.counters.named } ?? [:]) { own, _ in own }
        return counters
    }

    private func wanStatus(_ health: WANHealth, now: Instant, carrying: WANName?) -> WANStatus {
        let interface = engine.snapshot?.interface(health.wan.interface)
        let routes = engine.snapshot?.routes ?? []
        let own = routes.first { $0.isOurs && $0.family == .v4 && $0.table == Route.mainTable && $0.interface == health.wan.interface }
        return WANStatus(
            name: health.wan.name.description, interface: health.wan.interface.description, metric: Int(health.wan.metric),
            metered: health.wan.isMetered, health: health.state.rawValue, fault: health.fault?.rawValue,
            impairments: health.impairments.map {
                ImpairmentStatus(
                    fault: $0.fault.rawValue, sinceSeconds: (now - $0.since).inSeconds, evidence: health.evidence(for: $0.fault))
            },
            since: wallTime(health.since, now), sinceSeconds: (now - health.since).inSeconds,
            upInSeconds: health.upAt.map { hundredths(max(0, ($0 - now).inSeconds)) },
            selected: engine.selection.wan == health.wan.name, usable: engine.isUsable(health), carries: carrying == health.wan.name,
            gateway: health.gateway?.description, gateway6: engine.gateway6(of: health.wan.name)?.description,
            addresses: (interface?.addresses.map(\.description) ?? []) + (interface?.addresses6.map(\.description) ?? []),
            draining: engine.isDraining(health.wan.name),
            drainEndsInSeconds: engine.drainEnd(of: health.wan.name).map { hundredths(max(0, ($0 - now).inSeconds)) },
            routeMetric: own.map { Int($0.metric) }, roundTripMilliseconds: milliseconds(health.quality.mean),
            lossPercent: health.quality.loss.map { hundredths($0 * 100) },
            deviationMilliseconds: milliseconds(health.quality.deviation), percentile99Milliseconds: milliseconds(health.percentile99),
            bytesPerMonth: Int(bytesPerMonth(health).rounded()),
            reason: "\(health.wan.name) is \(engine.condition(of: health, at: now))",
            readiness: engine.readiness(of: health.wan.name, at: now).map {
                ReadinessStatus(
                    ready: $0.isReady, provenSeconds: $0.provenAt.map { hundredths((now - $0).inSeconds) }, problem: $0.problem)
            },
            targets: health.targets.map { target in
                let quality = target.window.summary
                return TargetStatus(
                    target: target.target.description, address: target.question?.description, answered: target.hasAnsweredLast,
                    roundTripMilliseconds: milliseconds(quality.mean), lossPercent: quality.loss.map { hundredths($0 * 100) },
                    problem: target.wrong?.detail ?? target.sendError)
            })
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
