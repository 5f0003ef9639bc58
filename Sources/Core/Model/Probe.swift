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
    /// Of an echo: the IP packet's bytes, which nobody may take apart. nil: as few as there have to be.
    package var size: Int?

    package init(
        id: ProbeID, wan: WANName, interface: InterfaceName, interfaceIndex: UInt32, question: Question, gateway: IPAddress?,
        timeout: Duration, size: Int? = nil
    ) {
        self.id = id
        self.wan = wan
        self.interface = interface
        self.interfaceIndex = interfaceIndex
        self.question = question
        self.gateway = gateway
        self.timeout = timeout
        self.size = size
    }
}

/// What the prober can know of a probe. That one was lost is for the engine to say: it owns the time.
package enum ProbeOutcome: Hashable, Sendable {
    /// The target answered after `seconds`.
    case answered(seconds: Double)
    /// Somebody answered, and not what a working WAN would let through.
    case wrong(WrongAnswer)
    /// A router says that no packet so long can go on, and what is the longest that can.
    case tooLong(most: Int)
    /// A local error: it says nothing about the WAN.
    case notSent(error: String)
}
