package import Model

/// What tells whose a session is and by which WAN it goes: the box's own addresses, the networks of the LAN, the WANs' marks.
package struct Ground: Equatable, Sendable {
    package struct WAN: Equatable, Sendable {
        package var name: WANName
        package var mark: UInt32
        package var addresses: [IPAddress]

        package init(name: WANName, mark: UInt32, addresses: [IPAddress]) {
            self.name = name
            self.mark = mark
            self.addresses = addresses
        }
    }

    package let lan: [InterfaceName]
    package let wans: [WAN]
    private let mask: UInt32
    /// Those of the LAN's interfaces and of the WANs': the box itself.
    private let own: Set<IPAddress>
    private let lan4: [IPv4Prefix]
    private let lan6: [IPv6Prefix]

    /// - Parameters:
    ///   - lan: the interfaces that the clients are behind, with their addresses.
    ///   - mask: which bits of a session's mark name its WAN.
    package init(lan: [InterfaceName], prefixes4: [IPv4Prefix], prefixes6: [IPv6Prefix], wans: [WAN], mask: UInt32) {
        self.lan = lan
        self.wans = wans
        self.mask = mask
        lan4 = prefixes4
        // A link-local network is every interface's.
        lan6 = prefixes6.filter { !$0.address.isLinkLocal }
        own = Set(prefixes4.map { .v4($0.address) } + prefixes6.map { .v6($0.address) } + wans.flatMap(\.addresses))
    }

    package init(_ settings: Settings, _ snapshot: Snapshot) {
        let inside = settings.lan.compactMap { snapshot.interface($0) }
        self.init(
            lan: settings.lan, prefixes4: inside.flatMap(\.addresses), prefixes6: inside.flatMap(\.addresses6),
            wans: settings.wans.map { wan in
                let interface = snapshot.interface(wan.interface)
                return WAN(
                    name: wan.name, mark: settings.markMask.mark(ofWAN: wan.number),
                    addresses: (interface?.addresses ?? []).map { .v4($0.address) } + (interface?.addresses6 ?? []).map { .v6($0.address) })
            }, mask: settings.markMask.bits)
    }

    /// The place of a WAN among `wans`.
    package func place(of wan: WANName?) -> Int? { wans.firstIndex { $0.name == wan } }

    /// By which of `wans` a LAN client's session leaves; `wans.count` for none that can be told. nil: it isn't a client's, or doesn't leave the LAN.
    package func way(of session: SessionEntry) -> Int? {
        guard !own.contains(session.source), !own.contains(session.destination) else { return nil }
        let marked = session.mark & mask
        let way: Int?
        if marked != 0 {
            way = wans.firstIndex { $0.mark == marked }
        } else {
            // Older than the marks.
            way = wans.firstIndex { $0.addresses.contains(session.repliesTo) }
        }
        if isInside(session.source) { return isInside(session.destination) ? nil : way ?? wans.count }
        // Behind a router on the LAN, whose networks we don't know: somebody who leaves by a WAN under an address of ours. Without masquerade it
        // may as well have come in by that WAN.
        return session.repliesTo == session.source ? nil : way
    }

    /// On a network of the LAN itself: the box finds it by ARP or ND, or not at all.
    package func isInside(_ address: IPAddress) -> Bool {
        switch address {
        // Multicast and broadcast go no further than the LAN.
        case .v4(let address): address.bits >= 0xe000_0000 || lan4.contains { $0.contains(address) }
        case .v6(let address): address.high >> 56 == 0xff || address.isLinkLocal || lan6.contains { $0.contains(address) }
        }
    }
}
