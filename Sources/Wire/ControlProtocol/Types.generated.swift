// Generated from net.uplinkd.varlink by Scripts/generate-varlink: not to be edited by hand.

package import Model
import Varlink

/// Everything that there is to know at this moment.
package struct Status: Codable, Equatable, Sendable, FilledIn {
    package var version = ""
    package var pid = 0
    package var started = ""
    package var configurationFile = ""
    package var selection = SelectionStatus()
    /// By metric, the first choice first.
    package var wans: [WANStatus] = []
    package var nat = NATStatus()
    /// What a drill plays now. nil: there is none.
    package var drill: Sentence?
    /// What an administrator has to see at once.
    package var problems: [Sentence] = []
    /// Totals since the start. New ones come without notice.
    package var counters: [String: Int] = [:]

    package init() {}

    enum CodingKeys: String, CodingKey {
        case version, pid, started, selection, wans, nat, drill, problems, counters
        case configurationFile = "configuration_file"
    }
}

/// Which WAN carries new sessions, and why.
package struct SelectionStatus: Codable, Equatable, Sendable {
    /// nil: none does.
    package var wan: String?
    /// A clause: "it is the first choice".
    package var reason = Sentence()
    package var since = ""
    /// How long it has been so.
    package var sinceSeconds: Double?
    /// Chosen by Switch; it stays until Switch is called without a WAN.
    package var pinned = false
    /// The WAN that was chosen: another one carries while that can't be used.
    package var pinnedTo: String?

    package init() {}

    package init(wan: String? = nil, reason: Sentence, since: String, sinceSeconds: Double? = nil, pinned: Bool, pinnedTo: String? = nil) {
        self.wan = wan
        self.reason = reason
        self.since = since
        self.sinceSeconds = sinceSeconds
        self.pinned = pinned
        self.pinnedTo = pinnedTo
    }

    enum CodingKeys: String, CodingKey {
        case wan, reason, since, pinned
        case sinceSeconds = "since_seconds"
        case pinnedTo = "pinned_to"
    }
}

/// The rules that give sessions a WAN's address.
package struct NATStatus: Codable, Equatable, Sendable {
    package var ok = false
    /// "nft" or "legacy".
    package var variant: String?
    package var problem: Sentence?

    package init() {}

    package init(ok: Bool, variant: String? = nil, problem: Sentence? = nil) {
        self.ok = ok
        self.variant = variant
        self.problem = problem
    }
}

package struct WANStatus: Codable, Equatable, Sendable, FilledIn {
    package var name = ""
    package var interface = ""
    /// As configured. Lower wins.
    package var metric = 0
    package var metered = false
    /// absent, no-carrier, no-gateway, unknown, up, suspect, impaired, down or recovering.
    package var health = ""
    /// What is wrong, as far as the probes can tell, a phrase: "upstream silent".
    package var fault: Sentence?
    /// What makes it too bad for sessions while a better WAN stands ready. Empty unless it answers.
    package var impairments: [ImpairmentStatus] = []
    /// When this health began, and how long ago that is by a clock that nobody sets.
    package var since = ""
    package var sinceSeconds = 0.0
    /// When a recovering WAN will be up, or an impaired one good again, if nothing gets in between. nil: nobody knows.
    package var upInSeconds: Double?
    /// New sessions are meant to leave by it.
    package var selected = false
    package var usable = false
    /// New sessions do leave by it: its default route wins in the kernel.
    package var carries = false
    package var gateway: String?
    package var gateway6: String?
    /// Of both families, with the length of the prefix: "192.0.2.7/24".
    package var addresses: [String] = []
    /// Whom its DHCP server wants to be asked for names. nil: an earlier version, which does not know.
    package var resolvers: [String]?
    /// It carries no new sessions, and keeps those that it has.
    package var draining = false
    /// When those that are left will be moved. nil: never, or there are none to move.
    package var drainEndsInSeconds: Double?
    /// The metric of its default route in the kernel. nil: it has none.
    package var routeMetric: Int?
    package var roundTripMilliseconds: Double?
    package var lossPercent: Double?
    /// The standard deviation of the round trip, and what 99 of 100 don't exceed.
    package var deviationMilliseconds: Double?
    package var percentile99Milliseconds: Double?
    /// What probing costs in 30 days at the present pace: IP bytes, both ways.
    package var bytesPerMonth = 0
    /// Why it has this health, a sentence without its end.
    package var reason = Sentence()
    /// nil: it carries the traffic, or isn't to be proven.
    package var readiness: ReadinessStatus?
    package var targets: [TargetStatus] = []
    /// nil: it is judged as a whole. Else the health above is that of its IPv4.
    package var ipv6: IPv6Status?

    package init() {}

    enum CodingKeys: String, CodingKey {
        case name, interface, metric, metered, health, fault, impairments, since, selected, usable, carries, gateway, gateway6, addresses,
            resolvers, draining, reason, readiness, targets, ipv6
        case sinceSeconds = "since_seconds"
        case upInSeconds = "up_in_seconds"
        case drainEndsInSeconds = "drain_ends_in_seconds"
        case routeMetric = "route_metric"
        case roundTripMilliseconds = "round_trip_ms"
        case lossPercent = "loss_percent"
        case deviationMilliseconds = "deviation_ms"
        case percentile99Milliseconds = "p99_ms"
        case bytesPerMonth = "bytes_per_month"
    }
}

/// The IPv6 of a WAN that is judged by each of its families.
package struct IPv6Status: Codable, Equatable, Sendable {
    /// As those of the WAN.
    package var health: String
    package var fault: Sentence?
    package var sinceSeconds: Double
    /// New sessions of IPv6 are meant to leave by it.
    package var selected: Bool
    /// Why it has this health, a clause: "down: silent".
    package var reason: Sentence

    package init(health: String, fault: Sentence? = nil, sinceSeconds: Double, selected: Bool, reason: Sentence) {
        self.health = health
        self.fault = fault
        self.sinceSeconds = sinceSeconds
        self.selected = selected
        self.reason = reason
    }

    enum CodingKeys: String, CodingKey {
        case health, fault, selected, reason
        case sinceSeconds = "since_seconds"
    }
}

/// Whether a WAN that stands by would serve if it were needed now.
package struct ReadinessStatus: Codable, Equatable, Sendable {
    package var ready: Bool
    /// How long ago a name was looked up and a page fetched by it. nil: not since it is up.
    package var provenSeconds: Double?
    /// Why it isn't ready, a sentence.
    package var problem: Sentence?

    package init(ready: Bool, provenSeconds: Double? = nil, problem: Sentence? = nil) {
        self.ready = ready
        self.provenSeconds = provenSeconds
        self.problem = problem
    }

    enum CodingKeys: String, CodingKey {
        case ready, problem
        case provenSeconds = "proven_seconds"
    }
}

package struct ImpairmentStatus: Codable, Equatable, Sendable {
    /// One of lossy, slow, tcp-dead, dns-dead, dns-wrong, captive-portal, http-dead and script-failed.
    package var fault: Sentence
    package var sinceSeconds: Double
    /// What a probe got to hear: "NXDOMAIN for example.com".
    package var evidence: String?

    package init(fault: Sentence, sinceSeconds: Double, evidence: String? = nil) {
        self.fault = fault
        self.sinceSeconds = sinceSeconds
        self.evidence = evidence
    }

    enum CodingKeys: String, CodingKey {
        case fault, evidence
        case sinceSeconds = "since_seconds"
    }
}

/// One target, probed through one WAN.
package struct TargetStatus: Codable, Equatable, Sendable {
    /// As configured: an address, "gateway", "tcp 1.1.1.1:443".
    package var target: String
    /// What that stands for now. nil: a gateway that isn't known.
    package var address: String?
    /// The outcome of the last probe. nil: none yet.
    package var answered: Bool?
    package var roundTripMilliseconds: Double?
    package var lossPercent: Double?
    /// What was wrong with the last answer, or why the last probe couldn't be sent. A clause.
    package var problem: Sentence?

    package init(
        target: String, address: String? = nil, answered: Bool? = nil, roundTripMilliseconds: Double? = nil, lossPercent: Double? = nil,
        problem: Sentence? = nil
    ) {
        self.target = target
        self.address = address
        self.answered = answered
        self.roundTripMilliseconds = roundTripMilliseconds
        self.lossPercent = lossPercent
        self.problem = problem
    }

    enum CodingKeys: String, CodingKey {
        case target, address, answered, problem
        case roundTripMilliseconds = "round_trip_ms"
        case lossPercent = "loss_percent"
    }
}

/// How good one WAN is, by the probes of the last half minute.
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
}

package struct TargetQuality: Codable, Equatable, Sendable {
    package var target: String
    /// icmp, arp, nd, tcp, dns, http or exec.
    package var kind: String
    /// It is one of those that the WAN's own figures are made of.
    package var counts: Bool
    package var figures: Figures
    /// Round trips in milliseconds, the oldest first. nil: lost.
    package var answers: [Double?]

    package init(target: String, kind: String, counts: Bool, figures: Figures, answers: [Double?]) {
        self.target = target
        self.kind = kind
        self.counts = counts
        self.figures = figures
        self.answers = answers
    }
}

/// What became of the probes in a window.
package struct Figures: Codable, Equatable, Sendable, FilledIn {
    /// How long ago the oldest of them was sent. nil: there is none.
    package var windowSeconds: Double?
    /// Those under way are in neither of the other two.
    package var sent = 0
    package var answered = 0
    package var lost = 0
    package var lossPercent: Double?
    package var meanMilliseconds: Double?
    /// The standard deviation.
    package var deviationMilliseconds: Double?
    package var minimumMilliseconds: Double?
    package var maximumMilliseconds: Double?
    /// What 99 of 100 round trips don't exceed.
    package var percentile99Milliseconds: Double?

    package init() {}

    enum CodingKeys: String, CodingKey {
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

/// The loss in percent, the others in milliseconds. nil: there is none.
package struct ThresholdsInForce: Codable, Equatable, Sendable {
    package var loss: ThresholdLimit?
    package var mean: ThresholdLimit?
    package var deviation: ThresholdLimit?
    package var percentile99: ThresholdLimit?

    package init(
        loss: ThresholdLimit? = nil, mean: ThresholdLimit? = nil, deviation: ThresholdLimit? = nil, percentile99: ThresholdLimit? = nil
    ) {
        self.loss = loss
        self.mean = mean
        self.deviation = deviation
        self.percentile99 = percentile99
    }

    enum CodingKeys: String, CodingKey {
        case loss, mean, deviation
        case percentile99 = "p99"
    }
}

package struct ThresholdLimit: Codable, Equatable, Sendable {
    /// Above this the WAN is bad,
    package var leave: Double
    /// and at or below this good again.
    package var back: Double

    package init(leave: Double, back: Double) {
        self.leave = leave
        self.back = back
    }

    enum CodingKeys: String, CodingKey {
        case leave
        case back = "return"
    }
}

/// What became of the probes to one target by one WAN, in the order of their sending; or of the WAN's interface.
package struct SampleSeries: Codable, Equatable, Sendable {
    package var wan: String
    /// As configured. nil: it is about the WAN's interface.
    package var target: String?
    /// In milliseconds: the first since 1970, each of the others since the one before it.
    package var times: [Int]
    /// Of probes: the round trip in microseconds, or -1 lost, -2 unreachable, -3 refused, -4 wrong DNS, -5 portal, -6 wrong HTTP,
    /// -7 failed program. Of interfaces, from then on: 0 ready, 1 without a gateway, 2 without carrier, 3 absent.
    package var results: [Int]

    package init(wan: String, target: String? = nil, times: [Int], results: [Int]) {
        self.wan = wan
        self.target = target
        self.times = times
        self.results = results
    }
}

package struct ProbeResult: Codable, Equatable, Sendable {
    package var target: String
    /// icmp, arp, nd, tcp, dns, http or exec.
    package var kind: String
    /// answered, lost (nothing came in time), wrong (somebody else answered, or not as a working WAN would let through) or
    /// not-sent (a local error, which says nothing about the WAN).
    package var outcome: Outcome
    package var roundTripMilliseconds: Double?
    /// What it means.
    package var sentence: Sentence

    package init(target: String, kind: String, outcome: Outcome, roundTripMilliseconds: Double? = nil, sentence: Sentence) {
        self.target = target
        self.kind = kind
        self.outcome = outcome
        self.roundTripMilliseconds = roundTripMilliseconds
        self.sentence = sentence
    }

    enum CodingKeys: String, CodingKey {
        case target, kind, outcome, sentence
        case roundTripMilliseconds = "round_trip_ms"
    }
}

package struct ControlEvent: Codable, Equatable, Sendable {
    /// Rises with every event, from the daemon's start on.
    package var id: Int
    package var time: String
    /// health, selection, sessions, report, repair, kernel, firewall, configuration, daemon or drill.
    package var kind: Kind
    /// info, notice, warning or error.
    package var severity: Severity
    package var wan: String?
    /// What it tells, as in a Sentence: its code, its text, and its arguments. No code: it was recorded by a version that had none.
    package var code: String?
    package var message: String
    package var details: [String: String]

    package init(
        id: Int, time: String, kind: Kind, severity: Severity, wan: String? = nil, code: String? = nil, message: String,
        details: [String: String]
    ) {
        self.id = id
        self.time = time
        self.kind = kind
        self.severity = severity
        self.wan = wan
        self.code = code
        self.message = message
        self.details = details
    }
}

package struct Explanation: Codable, Equatable, Sendable {
    /// The short answer: which WAN, and why.
    package var sentence: Sentence
    package var lines: [ExplanationLine]
    /// Of a supposition: the changes to routes and rules, as commands.
    package var commands: [String]?

    package init(sentence: Sentence, lines: [ExplanationLine], commands: [String]? = nil) {
        self.sentence = sentence
        self.lines = lines
        self.commands = commands
    }
}

package struct ExplanationLine: Codable, Equatable, Sendable {
    package var wan: String
    package var clauses: [Sentence]
    /// All of them, in one sentence.
    package var text: String

    package init(wan: String, clauses: [Sentence], text: String) {
        self.wan = wan
        self.clauses = clauses
        self.text = text
    }
}

/// One step of a drill.
package struct DrillProgress: Codable, Equatable, Sendable {
    /// begun, set (the fault is in force), noticed, failover, ended (the fault is taken back), failback, report, over.
    package var step: String
    /// Since the fault was in force.
    package var milliseconds: Int
    /// A sentence, or with the last step several.
    package var message: Sentence
    /// With the last step: passed, not-backed-up, no-failover, no-failback or stopped (before its time).
    package var outcome: String?
    /// With "report": whose ID it is.
    package var report: String?

    package init(step: String, milliseconds: Int, message: Sentence, outcome: String? = nil, report: String? = nil) {
        self.step = step
        self.milliseconds = milliseconds
        self.message = message
        self.outcome = outcome
        self.report = report
    }

    enum CodingKeys: String, CodingKey {
        case step, message, outcome, report
        case milliseconds = "after_ms"
    }
}

/// One host on the LAN. Addresses with one MAC are one client.
package struct ClientStatus: Codable, Equatable, Sendable {
    /// By the DHCP server's lease file.
    package var name: String?
    /// nil: it isn't in the neighbour table, as behind another router.
    package var mac: String?
    package var addresses: [String]
    package var interface: String?
    /// reachable, stale, failed, permanent or unknown: the best of its addresses.
    package var neighbour: String
    /// By which WAN how many of its sessions go.
    package var shares: [ClientShare]

    package init(
        name: String? = nil, mac: String? = nil, addresses: [String], interface: String? = nil, neighbour: String, shares: [ClientShare]
    ) {
        self.name = name
        self.mac = mac
        self.addresses = addresses
        self.interface = interface
        self.neighbour = neighbour
        self.shares = shares
    }
}

package struct ClientShare: Codable, Equatable, Sendable {
    /// nil: sessions that leave by no WAN of ours.
    package var wan: String?
    package var sessions: Int
    /// Those among them in which the far side has answered.
    package var answered: Int
    /// Both ways, of the sessions that there are now. nil: the kernel doesn't count (nf_conntrack_acct).
    package var bytes: Int?

    package init(wan: String? = nil, sessions: Int, answered: Int, bytes: Int? = nil) {
        self.wan = wan
        self.sessions = sessions
        self.answered = answered
        self.bytes = bytes
    }
}

/// What a switch was, and whom it reached.
package struct SwitchReport: Codable, Equatable, Sendable, FilledIn {
    /// The time of the decision: "20261124-183012-527". Later ones are greater.
    package var id = ""
    /// failover, failback or switch (the operator's word).
    package var kind = ""
    package var from: String?
    package var to = ""
    /// The fault that a drill played. nil: it was real.
    package var drill: String?
    /// A clause: "telkom is down (upstream silent)".
    package var reason = Sentence()
    package var evidence: [Sentence] = []
    /// When the first sign of the fault was noticed. nil: a switch without a fault.
    package var detected: String?
    package var decided = ""
    /// From the decision to the kernel's acknowledgement of the routes.
    package var appliedMilliseconds: Double?
    /// From the first sign to the decision.
    package var detectionMilliseconds: Double?
    /// Clients with a session by "from" that had been answered and in which a packet moved in the last minute before the switch; and
    /// those sessions.
    package var clientsBefore = 0
    package var sessionsBefore = 0
    /// How old the count of them was at the decision.
    package var countedSecondsBefore: Double?
    /// Of those clients, so many had a reply by "to"; go on by "from"; had nothing to say; left the LAN; asked and got no reply.
    package var backedUp = 0
    package var staying = 0
    package var idle = 0
    package var gone = 0
    package var broken = 0
    /// From the decision to a client's first reply by "to".
    package var fastestMilliseconds: Double?
    package var medianMilliseconds: Double?
    package var slowestMilliseconds: Double?
    /// So many TCP sessions' clients were told that they are over, and so many of those answered. nil: nobody was to be told.
    package var told: Int?
    package var toldAnswered: Int?
    /// Until it is, the counts still grow.
    package var finished = false
    /// What limits these figures.
    package var notes: [Sentence] = []
    /// The slowest first, then the others; at most 500.
    package var clients: [ReportedClient] = []

    package init() {}

    enum CodingKeys: String, CodingKey {
        case id, kind, from, to, drill, reason, evidence, detected, decided, staying, idle, gone, broken, told, finished, notes, clients
        case appliedMilliseconds = "applied_ms"
        case detectionMilliseconds = "detection_ms"
        case clientsBefore = "clients_before"
        case sessionsBefore = "sessions_before"
        case countedSecondsBefore = "counted_seconds_before"
        case backedUp = "backed_up"
        case fastestMilliseconds = "fastest_ms"
        case medianMilliseconds = "median_ms"
        case slowestMilliseconds = "slowest_ms"
        case toldAnswered = "told_answered"
    }
}

package struct ReportedClient: Codable, Equatable, Sendable {
    package var name: String?
    package var mac: String?
    package var addresses: [String]
    /// backed-up, staying, idle, gone or broken.
    package var outcome: String
    package var sessionsBefore: Int
    /// By the WAN that was switched to.
    package var sessionsAfter: Int
    package var firstReplyMilliseconds: Double?

    package init(
        name: String? = nil, mac: String? = nil, addresses: [String], outcome: String, sessionsBefore: Int, sessionsAfter: Int,
        firstReplyMilliseconds: Double? = nil
    ) {
        self.name = name
        self.mac = mac
        self.addresses = addresses
        self.outcome = outcome
        self.sessionsBefore = sessionsBefore
        self.sessionsAfter = sessionsAfter
        self.firstReplyMilliseconds = firstReplyMilliseconds
    }

    enum CodingKeys: String, CodingKey {
        case name, mac, addresses, outcome
        case sessionsBefore = "sessions_before"
        case sessionsAfter = "sessions_after"
        case firstReplyMilliseconds = "first_reply_ms"
    }
}
