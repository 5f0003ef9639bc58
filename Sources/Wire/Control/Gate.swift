import ControlProtocol
import Floor

/// Who may call what. The only place that decides it.
struct Gate: Equatable, Sendable {
    /// The daemon's own user.
    var user: UInt32
    /// The socket's group, whose members may read. nil: the socket is its owner's alone.
    var group: UInt32?

    enum Need { case nothing, reading, changing }

    static func need(of method: ControlMethod) -> Need {
        switch method {
        case .getInfo, .getInterfaceDescription: .nothing
        case .status, .watch, .events, .explain, .quality, .clients, .reports, .metrics, .samples: .reading
        // A probe changes nothing, but it sends what the caller likes to whom the caller likes.
        case .switch, .drill, .reload, .probe: .changing
        }
    }

    func admits(_ peer: Peer, to method: ControlMethod) -> Bool { admits(peer, Self.need(of: method)) }

    func admits(_ peer: Peer, _ need: Need) -> Bool {
        switch need {
        case .nothing: true
        case .reading: isTrusted(peer) || group.map(peer.groups.contains) ?? false
        case .changing: isTrusted(peer)
        }
    }

    func isTrusted(_ peer: Peer) -> Bool { peer.uid == 0 || peer.uid == user }
}
