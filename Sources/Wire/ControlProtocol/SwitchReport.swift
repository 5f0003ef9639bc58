/// What a switch was, and whom it reached: `type SwitchReport`.
package struct SwitchReport: Codable, Equatable, Sendable {
    /// The time of the decision: `20261124-183012-527`. Later ones are greater, also after a restart.
    package var id: String
    /// failover, failback or switch (the operator's word).
    package var kind: String
    /// nil: none carried sessions.
    package var from: String?
    package var to: String
    /// The fault that a drill played. nil: it was real.
    package var drill: String?
    /// A phrase: `telkom is down: upstream silent`.
    package var reason: String
    /// What the WAN's probes and interface had to say, a sentence each.
    package var evidence: [String]
    /// When the first sign of the fault was noticed. nil: a switch without a fault.
    package var detected: String?
    package var decided: String
    /// From the decision to the kernel's acknowledgement of the routes.
    package var appliedMilliseconds: Double?
    /// From the first sign to the decision.
    package var detectionMilliseconds: Double?
    /// Clients with a session by `from` that had been answered and in which a packet moved in the last minute before the switch; and those
    /// sessions.
    package var clientsBefore: Int
    package var sessionsBefore: Int
    /// How old the count of them was at the decision.
    package var countedSecondsBefore: Double?
    /// Of the clients before, so many had a reply by `to`; their sessions go on by `from`; had nothing to say; left the LAN; asked and got no
    /// reply. Together they are `clientsBefore`.
    package var backedUp: Int
    package var staying: Int
    package var idle: Int
    package var gone: Int
    package var broken: Int
    /// From the decision to a client's first reply by `to`. nil: no client had one, or their times weren't heard.
    package var fastestMilliseconds: Double?
    package var medianMilliseconds: Double?
    package var slowestMilliseconds: Double?
    /// Until it is, the counts still grow.
    package var finished: Bool
    /// What limits these figures, a sentence each.
    package var notes: [String]
    /// The clients before, the slowest first, then the others; at most 500.
    package var clients: [ReportedClient]

    package init(
        id: String, kind: String, from: String?, to: String, drill: String?, reason: String, evidence: [String], detected: String?,
        decided: String, appliedMilliseconds: Double?, detectionMilliseconds: Double?, clientsBefore: Int, sessionsBefore: Int,
        countedSecondsBefore: Double?, backedUp: Int, staying: Int, idle: Int, gone: Int, broken: Int, fastestMilliseconds: Double?,
        medianMilliseconds: Double?, slowestMilliseconds: Double?, finished: Bool, notes: [String], clients: [ReportedClient]
    ) {
        self.id = id
        self.kind = kind
        self.from = from
        self.to = to
        self.drill = drill
        self.reason = reason
        self.evidence = evidence
        self.detected = detected
        self.decided = decided
        self.appliedMilliseconds = appliedMilliseconds
        self.detectionMilliseconds = detectionMilliseconds
        self.clientsBefore = clientsBefore
        self.sessionsBefore = sessionsBefore
        self.countedSecondsBefore = countedSecondsBefore
        self.backedUp = backedUp
        self.staying = staying
        self.idle = idle
        self.gone = gone
        self.broken = broken
        self.fastestMilliseconds = fastestMilliseconds
        self.medianMilliseconds = medianMilliseconds
        self.slowestMilliseconds = slowestMilliseconds
        self.finished = finished
        self.notes = notes
        self.clients = clients
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, kind, from, to, drill, reason, evidence, detected, decided, staying, idle, gone, broken, finished, notes, clients
        case appliedMilliseconds = "applied_ms"
        case detectionMilliseconds = "detection_ms"
        case clientsBefore = "clients_before"
        case sessionsBefore = "sessions_before"
        case countedSecondsBefore = "counted_seconds_before"
        case backedUp = "backed_up"
        case fastestMilliseconds = "fastest_ms"
        case medianMilliseconds = "median_ms"
        case slowestMilliseconds = "slowest_ms"
    }
}

/// What became of one client at a switch: `type ReportedClient`.
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
        name: String?, mac: String?, addresses: [String], outcome: String, sessionsBefore: Int, sessionsAfter: Int,
        firstReplyMilliseconds: Double?
    ) {
        self.name = name
        self.mac = mac
        self.addresses = addresses
        self.outcome = outcome
        self.sessionsBefore = sessionsBefore
        self.sessionsAfter = sessionsAfter
        self.firstReplyMilliseconds = firstReplyMilliseconds
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, mac, addresses, outcome
        case sessionsBefore = "sessions_before"
        case sessionsAfter = "sessions_after"
        case firstReplyMilliseconds = "first_reply_ms"
    }
}
