/// How much of a service its clients may use up.
package struct VarlinkLimits: Sendable {
    /// The longest call. Ours have a hundred bytes.
    package var messageBytes = 64 * 1024
    package var clients = 64
    /// Of these, so many only for root and the service's own user: a mad reader must not keep the administrator from switching.
    package var reservedClients = 4
    /// A client that hasn't called anything for so long is dropped, unless it streams.
    package var idleTime: Duration = .seconds(300)
    /// What may wait in the service for a client that doesn't read. One reply alone may be longer.
    package var outgoingBytes = 1024 * 1024

    package init() {}
}

/// What has happened on the socket since the start.
package struct VarlinkCounters: Equatable, Sendable {
    package var clients = 0
    package var requests = 0
    /// Calls that the permissions refused.
    package var denied = 0
    /// Clients that found all places taken.
    package var clientsRefused = 0
    /// Clients dropped for what they sent: no JSON, no call, too long.
    package var malformed = 0
    /// Clients dropped since they didn't read.
    package var slow = 0
    /// Clients dropped since they didn't call.
    package var idle = 0

    package init() {}
}
