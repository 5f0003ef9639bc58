/// An order to delete sessions from conntrack: what is deleted begins anew with its next packet, by the WAN that is selected now.
package struct SessionSweep: Hashable, Sendable, Codable {
    /// Which sessions.
    package enum Scope: Hashable, Sendable, Codable {
        /// All that left, or came in, by a WAN: those that carry its mark, and those without any mark whose replies go to one of its
        /// addresses (they are older than the marks).
        case wan(mark: UInt32, mask: UInt32, addresses: [IPAddress])
        /// Of those of the LAN's clients that carry the mark, what is in one of these classes. What came in from outside, and the box's own, stays.
        case classes([SessionClass], mark: UInt32, mask: UInt32)
        /// The same, what is in none of these classes.
        case allBut([SessionClass], mark: UInt32, mask: UInt32)
        /// What leaves by one of these WANs with the source that it had on the LAN, since masquerade was missing when it began: nobody can
        /// answer it. One family: a WAN may masquerade IPv4 alone, and then its IPv6 sessions are as they should be.
        case unmasqueraded(IPFamily, lan: [InterfaceName], wans: [InterfaceName], mask: UInt32)
        /// Of those the ones that carry no mark: they began by another way than a WAN, which asked for no masquerade, and have come to one since. A mark
        /// says that they began there, without masquerade because somebody wants it so.
        case strayed(IPFamily, lan: [InterfaceName], wans: [InterfaceName], mask: UInt32)

        /// Of those the ones of one family: the other one stays where it is.
        indirect case only(IPFamily, Scope)

        /// nil: both.
        package var family: IPFamily? {
            switch self {
            case .only(let family, _): family
            case .wan, .classes, .allBut, .unmasqueraded, .strayed: nil
            }
        }

        /// Their time on a WAN that works is over.
        package var endsDrain: Bool {
            switch self {
            case .classes, .allBut: true
            case .wan, .unmasqueraded, .strayed: false
            case .only(_, let scope): scope.endsDrain
            }
        }

        /// Of the WAN that they are taken from. nil: of several.
        package var mark: UInt32? {
            switch self {
            case .only(_, let scope): scope.mark
            case .wan(let mark, _, _), .classes(_, let mark, _), .allBut(_, let mark, _): mark
            case .unmasqueraded, .strayed: nil
            }
        }
    }

    /// The outcome comes back with it.
    package var id: UInt64
    package var scope: Scope
    /// Clients of the TCP sessions among them are told.
    package var isTold: Bool

    package init(id: UInt64, scope: Scope, isTold: Bool = false) {
        self.id = id
        self.scope = scope
        self.isTold = isTold
    }
}

/// What became of it.
package struct SweepOutcome: Hashable, Sendable, Codable {
    /// So many sessions were deleted. Counted by the kernel's total before and after where it deleted them by itself: while thousands come and go
    /// that is an estimate.
    package var deleted: Int

    package init(deleted: Int) { self.deleted = deleted }
}
