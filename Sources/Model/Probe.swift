/// One question to one target. The engine numbers them; the prober gives back the number with the outcome.
package struct ProbeRequest: Hashable, Sendable, Codable {
    package var id: UInt64
    package var wan: WANName
    package var interface: InterfaceName
    /// Part of the request so that a replugged modem is not probed through a socket of the old one.
    package var interfaceIndex: UInt32
    package var address: IPv4Address

    package init(id: UInt64, wan: WANName, interface: InterfaceName, interfaceIndex: UInt32, address: IPv4Address) {
        self.id = id
        self.wan = wan
        self.interface = interface
        self.interfaceIndex = interfaceIndex
        self.address = address
    }
}

/// What the prober can know of a probe. That one was lost is for the engine to say: it owns the time.
package enum ProbeOutcome: Hashable, Sendable, Codable {
    /// The target answered after `seconds`.
    case answered(seconds: Double)
    /// A local error: it says nothing about the WAN.
    case notSent(error: String)
}
