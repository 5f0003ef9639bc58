package import ControlProtocol
package import Model
import Varlink

/// A text where a test doesn't mean the code.
extension Sentence: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init("sample", ["of": "a test"], text) }
}

extension WANStatus {
    package static func sample(
        _ name: String, interface: String = "eth0", metric: Int = 1, health: String = "up", fault: Sentence? = nil,
        sinceSeconds: Double = 273_600, selected: Bool = false, usable: Bool = true, carries: Bool = false,
        gateway: String? = "192.0.2.1", routeMetric: Int? = 1, roundTrip: Double? = 12.34, loss: Double? = 0, drainEnds: Double? = nil,
        reason: Sentence = "It answers.", readiness: ReadinessStatus? = nil, ipv6: IPv6Status? = nil
    ) -> WANStatus {
        WANStatus {
            $0.name = name
            $0.interface = interface
            $0.metric = metric
            $0.metered = false
            $0.health = health
            $0.fault = fault
            $0.impairments = [
                ImpairmentStatus(fault: "captive portal", sinceSeconds: 5, evidence: "it redirects to http://portal.example/")
            ]
            $0.since = "2026-07-31T12:00:00.000Z"
            $0.sinceSeconds = sinceSeconds
            $0.upInSeconds = health == "up" ? nil : 7.5
            $0.selected = selected
            $0.usable = usable
            $0.carries = carries
            $0.gateway = gateway
            $0.gateway6 = "fe80::1"
            $0.addresses = ["192.0.2.7/24"]
            $0.resolvers = ["192.0.2.53"]
            $0.draining = drainEnds != nil
            $0.drainEndsInSeconds = drainEnds
            $0.routeMetric = routeMetric
            $0.roundTripMilliseconds = roundTrip
            $0.lossPercent = loss
            $0.deviationMilliseconds = roundTrip.map { $0 / 10 }
            $0.percentile99Milliseconds = roundTrip.map { $0 * 2 }
            $0.bytesPerMonth = 663_552_000
            $0.reason = reason
            $0.readiness = readiness
            $0.ipv6 = ipv6
            $0.targets = [
                TargetStatus(
                    target: "gateway", address: gateway, answered: true, roundTripMilliseconds: 1.5, lossPercent: 0, problem: fault)
            ]
        }
    }
}

extension Status {
    /// Two WANs, the first of which carries; every optional field is there somewhere.
    package static let sample = Status {
        $0.version = "1.2.3"
        $0.pid = 4711
        $0.started = "2026-07-31T11:00:00.000Z"
        $0.configurationFile = "/etc/uplinkd/uplinkd.yaml"
        $0.selection = SelectionStatus(
            wan: "telkom", reason: "first choice", since: "2026-07-31T12:00:00.000Z", sinceSeconds: 273_600, pinned: false,
            pinnedTo: "telkom")
        $0.wans = [
            .sample("telkom", selected: true, carries: true),
            .sample(
                "smartfren", interface: "usb0", metric: 2, health: "down", fault: "upstream silent", sinceSeconds: 310, usable: false,
                gateway: "198.51.100.1", routeMetric: 1002, roundTrip: nil, loss: 100, reason: "No target has answered for 3 s.",
                readiness: ReadinessStatus(ready: false, provenSeconds: 250, problem: "It is down: upstream silent.")),
        ]
        $0.nat = NATStatus(ok: true, variant: "nft", problem: nil)
        $0.drill = "A drill plays it."
        $0.problems = []
        $0.counters = ["probes_sent": 1200, "switches": 2]
    }

    package func with(_ change: (inout Status) -> Void) -> Status {
        var status = self
        change(&status)
        return status
    }
}

extension ControlEvent {
    package static func sample(_ id: Int, message: String = "telkom is down.") -> ControlEvent {
        ControlEvent(
            id: id, time: "2026-07-31T12:00:00.000Z", kind: .health, severity: .warning, wan: "telkom", code: "health", message: message,
            details: ["from": "suspect", "to": "down"])
    }
}

extension WANQuality {
    package static func sample(_ wan: String) -> WANQuality {
        WANQuality(
            wan: wan, health: "up", figures: .sample(sent: 31, lost: 3),
            thresholds: ThresholdsInForce(loss: .init(leave: 20, back: 10), mean: .init(leave: 300, back: 150)),
            targets: [
                TargetQuality(target: "gateway", kind: "icmp", counts: false, figures: .sample(sent: 0, lost: 0), answers: []),
                TargetQuality(
                    target: "1.1.1.1", kind: "icmp", counts: true, figures: .sample(sent: 31, lost: 3), answers: [10, 11.25, nil, 15, 20]),
            ])
    }
}

extension Figures {
    package static func sample(sent: Int, lost: Int) -> Figures {
        guard sent > 0 else {
            return Figures {
                $0.sent = 0
                $0.answered = 0
                $0.lost = 0
            }
        }
        return Figures {
            $0.windowSeconds = 30
            $0.sent = sent
            $0.answered = sent - 1 - lost
            $0.lost = lost
            $0.lossPercent = 10
            $0.meanMilliseconds = 12.34
            $0.deviationMilliseconds = 0.75
            $0.minimumMilliseconds = 10
            $0.maximumMilliseconds = 20
            $0.percentile99Milliseconds = 19.96
        }
    }
}

extension ProbeResult {
    package static let answer = ProbeResult(
        target: "1.1.1.1", kind: "icmp", outcome: .answered, roundTripMilliseconds: 12.3, sentence: "1.1.1.1 answered after 12.3 ms.")
    package static let silence = ProbeResult(
        target: "8.8.8.8", kind: "icmp", outcome: .lost, roundTripMilliseconds: nil, sentence: "8.8.8.8 didn't answer within 1s.")
    package static let lie = ProbeResult(
        target: "dns 9.9.9.9 a A", kind: "dns", outcome: .wrong, roundTripMilliseconds: nil,
        sentence: "dns 9.9.9.9 a A gave a wrong answer: NXDOMAIN.")
    package static let unsent = ProbeResult(
        target: "gateway", kind: "icmp", outcome: .notSent, roundTripMilliseconds: nil,
        sentence: "gateway couldn't be asked: no gateway is known.")
}

extension SamplesReply {
    package static let sample = SamplesReply(
        started: "2026-07-31T12:00:00.000Z", last: 4, from: 1_785_412_800_000, until: 1_785_412_802_000, more: false,
        series: [
            SampleSeries(wan: "telkom", target: "1.1.1.1", times: [1_785_412_800_100, 1000], results: [20_000, -1]),
            SampleSeries(wan: "telkom", target: nil, times: [1_785_412_800_050], results: [0]),
        ])
}

extension DrillProgress {
    package static let over = DrillProgress(
        step: "over", milliseconds: 72_340, message: "The drill is over.", outcome: "passed", report: "20261124-183012-527")
}

extension ClientStatus {
    package static let sample = ClientStatus(
        name: "laptop", mac: "02:00:5e:10:00:07", addresses: ["192.168.1.7", "fd00:1::7"], interface: "br0", neighbour: "reachable",
        shares: [
            ClientShare(wan: "telkom", sessions: 12, answered: 11, bytes: 3_400_000),
            ClientShare(wan: nil, sessions: 1, answered: 0, bytes: 100),
        ])
    /// Behind another router, and nothing to say of it.
    package static let unknown = ClientStatus(
        name: nil, mac: nil, addresses: ["10.20.0.5"], interface: nil, neighbour: "unknown",
        shares: [ClientShare(wan: "telkom", sessions: 2, answered: 2, bytes: nil)])
}

extension SwitchReport {
    package static func sample(_ id: String) -> SwitchReport {
        SwitchReport {
            $0.id = id
            $0.kind = "failover"
            $0.from = "telkom"
            $0.to = "smartfren"
            $0.reason = "telkom is down (upstream silent)"
            $0.evidence = ["telkom is down: upstream silent.", "1.1.1.1 last answered 0.84 s before."]
            $0.detected = "2026-11-24T18:30:11.900Z"
            $0.decided = "2026-11-24T18:30:12.527Z"
            $0.appliedMilliseconds = 1.9
            $0.detectionMilliseconds = 627
            $0.clientsBefore = 4
            $0.sessionsBefore = 31
            $0.countedSecondsBefore = 0.6
            $0.backedUp = 2
            $0.staying = 0
            $0.idle = 1
            $0.gone = 0
            $0.broken = 1
            $0.fastestMilliseconds = 12
            $0.medianMilliseconds = 430
            $0.slowestMilliseconds = 848
            ($0.told, $0.toldAnswered) = (40, 38)
            $0.finished = true
            $0.notes = ["A limit."]
            $0.clients = [
                ReportedClient(
                    name: "laptop", mac: "02:00:5e:10:00:07", addresses: ["192.168.1.7", "fd00:1::7"], outcome: "backed-up",
                    sessionsBefore: 20, sessionsAfter: 3, firstReplyMilliseconds: 848),
                ReportedClient(
                    name: "a|b", mac: nil, addresses: ["10.20.0.5"], outcome: "broken", sessionsBefore: 1, sessionsAfter: 1,
                    firstReplyMilliseconds: nil),
            ]
        }
    }
}
