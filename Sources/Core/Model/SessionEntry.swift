/// One session of the kernel's table, as far as it is told whose it is, by which WAN it goes and whether it lives.
package struct SessionEntry: Equatable, Sendable {
    /// Who began it: the source of the first packet.
    package var source: IPAddress
    package var destination: IPAddress
    /// Whom the far side answers: the WAN's address where masquerade gave it one, `source` where nothing did.
    package var repliesTo: IPAddress
    /// The IP protocol: 6 is TCP, 17 UDP.
    package var transport: UInt8
    package var mark: UInt32
    /// A reply has been seen (IPS_SEEN_REPLY).
    package var isAnswered: Bool
    /// It has lasted, and isn't among the first to go when the table is full (IPS_ASSURED).
    package var isAssured: Bool
    /// It is in a flowtable (IPS_OFFLOAD), where it is for as long as packets come.
    package var isOffloaded: Bool
    /// TCP: `TCP_CONNTRACK_ESTABLISHED` and the like (nf_conntrack_tcp.h). nil: another protocol.
    package var tcpState: UInt8?
    /// After so many seconds without a packet the kernel forgets it. nil: not told, as in notices.
    package var expiresInSeconds: UInt32?
    /// Of both directions. nil: the kernel doesn't count (`net.netfilter.nf_conntrack_acct` is 0).
    package var bytes: UInt64?
    /// The kernel's number for it; two with one number never live at once.
    package var id: UInt32

    package init(
        source: IPAddress, destination: IPAddress, repliesTo: IPAddress, transport: UInt8, mark: UInt32, isAnswered: Bool,
        isAssured: Bool = false, isOffloaded: Bool = false, tcpState: UInt8? = nil, expiresInSeconds: UInt32? = nil, bytes: UInt64? = nil,
        id: UInt32
    ) {
        self.source = source
        self.destination = destination
        self.repliesTo = repliesTo
        self.transport = transport
        self.mark = mark
        self.isAnswered = isAnswered
        self.isAssured = isAssured
        self.isOffloaded = isOffloaded
        self.tcpState = tcpState
        self.expiresInSeconds = expiresInSeconds
        self.bytes = bytes
        self.id = id
    }
}

/// What the kernel tells of a session as it happens.
package enum SessionNotice: Equatable, Sendable {
    /// It began, or something about it changed; a first reply is such a change (IPCT_REPLY).
    case seen(SessionEntry)
    /// It ended, or was deleted.
    case ended(SessionEntry)
    /// Some were lost (ENOBUFS): what was heard so far isn't all.
    case overrun
}
