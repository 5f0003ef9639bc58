/// What the probes and the kernel say of one WAN.
package enum HealthState: String, Sendable, Codable, CaseIterable {
    /// There is no such interface: the modem is gone.
    case absent
    /// The interface is there but down, or its cable is out.
    case noCarrier = "no-carrier"
    /// Nobody has told us a gateway: no lease.
    case noGateway = "no-gateway"
    /// Nothing has been heard yet, for or against.
    case unknown
    case up
    /// A reply is late. All targets are being asked at once; the WAN still carries its sessions.
    case suspect
    case down
    /// It answers again, and has to keep answering before it is up.
    case recovering
    /// It answers, but is too bad for sessions while a better WAN stands ready: lossy, slow, no DNS, a captive portal.
    case impaired

    /// May carry sessions.
    package var isUsable: Bool { self == .up || self == .suspect || self == .impaired }
}

/// Why a WAN isn't up, as far as the probes can tell.
package enum Fault: String, Sendable, Codable, CaseIterable {
    case modemGone = "modem gone"
    case noCarrier = "no carrier"
    case noLease = "no lease"
    /// It has an address, and nobody has made a default route by it.
    case noRoute = "no route"
    case gatewaySilent = "gateway silent"
    case upstreamSilent = "upstream silent"
    /// Probes go unanswered, and no gateway is probed that could tell where.
    case silent = "silent"
    /// Thresholds on the loss, and on the round trip.
    case lossy = "lossy"
    case slow = "slow"
    /// Pings pass, and nobody answers a connection any more.
    case tcpDead = "TCP dead"
    case dnsDead = "DNS dead"
    /// The resolver answers something else than what is expected.
    case dnsWrong = "DNS wrong"
    case captivePortal = "captive portal"
    case httpDead = "HTTP dead"
    case scriptFailed = "script failed"
}
