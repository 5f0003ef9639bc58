/// One question to one target. The prober gives back its number with the outcome.
package struct ProbeRequest: Hashable, Sendable {
    package var id: ProbeID
    package var wan: WANName
    package var interface: InterfaceName
    /// Part of the request so that a replugged modem is not probed through a socket of the old one.
    package var interfaceIndex: UInt32
    /// With the gateway's address in it where the gateway is asked.
    package var question: Question
    /// Whom `neighbour(.v4)` asks for. nil: the WAN has no gateway.
    package var gateway: IPAddress?
    /// After this nobody waits for the answer any more: sockets can be closed, programs ended. An echo's answer is taken even later.
    package var timeout: Duration

    package init(
        id: ProbeID, wan: WANName, interface: InterfaceName, interfaceIndex: UInt32, question: Question, gateway: IPAddress?,
        timeout: Duration
    ) {
        self.id = id
        self.wan = wan
        self.interface = interface
        self.interfaceIndex = interfaceIndex
        self.question = question
        self.gateway = gateway
        self.timeout = timeout
    }
}

/// What the prober can know of a probe. That one was lost is for the engine to say: it owns the time.
package enum ProbeOutcome: Hashable, Sendable {
    /// The target answered after `seconds`.
    case answered(seconds: Double)
    /// Somebody answered, and not what a working WAN would let through.
    case wrong(WrongAnswer)
    /// A local error: it says nothing about the WAN.
    case notSent(error: String)
}

/// An answer that is none.
package struct WrongAnswer: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A router says by ICMP that the target can't be reached.
        case unreachable
        /// The TCP connection was refused.
        case refused
        /// The resolver failed, or answered something else than what is expected.
        case dns
        /// Somebody else's page: a login, an unpaid bill, a used-up quota.
        case portal
        /// The server failed: a status of 500 and above, or no HTTP at all.
        case http
        /// The program ended with another exit status than 0.
        case exec
    }

    package var kind: Kind
    /// A clause without a full stop: `http://portal.example/isolir is what it redirects to`, `NXDOMAIN for example.com`.
    package var detail: String

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
