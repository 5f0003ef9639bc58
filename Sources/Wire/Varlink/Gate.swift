import Floor

/// Who may call what. The only place that decides it.
package struct Gate: Equatable, Sendable {
    /// The service's own user.
    var user: UInt32
    /// The socket's group, whose members may read. nil: the socket is its owner's alone.
    var group: UInt32?

    /// What somebody has to be allowed for a method.
    package enum Need: Sendable {
        case nothing
        /// For root, the service's own user, and the socket's group.
        case reading
        /// For root and the service's own user.
        case changing
    }

    func admits(_ peer: Peer, _ need: Need) -> Bool {
        switch need {
        case .nothing: true
        case .reading: isTrusted(peer) || group.map(peer.groups.contains) ?? false
        case .changing: isTrusted(peer)
        }
    }

    func isTrusted(_ peer: Peer) -> Bool { peer.uid == 0 || peer.uid == user }
}
