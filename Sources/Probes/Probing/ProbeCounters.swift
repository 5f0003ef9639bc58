/// What a prober has done since it started.
package struct ProbeCounters: Equatable, Sendable {
    package var sent = 0
    /// A local error kept it from going out.
    package var notSent = 0
    /// Answers that counted.
    package var replies = 0
    /// Answers that no working WAN would have let through.
    package var wrong = 0
    package var ignored: [IgnoredReply: Int] = [:]
    /// Reading a socket failed with something else than "nothing there".
    package var receiveErrors = 0

    package var ignoredInAll: Int { ignored.values.reduce(0, +) }

    package init() {}
}

/// Why a packet that a probe socket got was no answer to a probe.
package enum IgnoredReply: String, Sendable, CaseIterable {
    /// Cut short, with a wrong checksum, longer than a reply can be: not a whole echo reply.
    case malformed
    /// To somebody else's ping; raw sockets see all of them. The one reason that is quite normal.
    case otherIdentifier = "other-identifier"
    /// Ours by its identifier, but no such probe was sent, or too long ago; an answer to no question of ours.
    case unknownSequence = "unknown-sequence"
    case wrongSource = "wrong-source"
    case wrongCookie = "wrong-cookie"
    /// Right in everything, but it came in by another interface than the probe left by.
    case wrongInterface = "wrong-interface"
    /// The probe has been answered before.
    case duplicate
}
