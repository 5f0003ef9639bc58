/// One host on a network of ours, by the kernel's neighbour table (ARP and ND).
package struct Neighbour: Hashable, Sendable {
    package var interface: InterfaceName
    package var address: IPAddress
    /// `02:00:5e:10:00:01`, in lower case. nil: nobody has answered for this address.
    package var mac: String?
    package var state: State

    package enum State: String, Hashable, Sendable {
        /// It has answered lately.
        case reachable
        /// It has answered once, and nobody has asked since (NUD_STALE, NUD_DELAY), or it is being asked (NUD_PROBE).
        case stale
        /// It was asked and doesn't answer (NUD_FAILED, NUD_INCOMPLETE).
        case failed
        /// Written by somebody, and never asked (NUD_PERMANENT, NUD_NOARP).
        case permanent
    }

    package init(interface: InterfaceName, address: IPAddress, mac: String?, state: State) {
        self.interface = interface
        self.address = address
        self.mac = mac
        self.state = state
    }
}
