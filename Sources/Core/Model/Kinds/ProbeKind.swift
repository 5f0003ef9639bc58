/// One kind of probe: all that is known of it, but for how it is written in the file (Configuration) and how it is asked (Probing).
///
/// Who needs to know something of a kind asks its entry, and asks for no kind by its name: a new one is a type here and a case of `Question`.
package protocol ProbeKind: CustomStringConvertible, Sendable {
    // Of all questions of the kind.

    /// nil: it asks for a way and not for a service, so it tells whether the WAN is alive.
    static var service: ServiceKind? { get }
    /// A target that says nothing is asked once in this time, or in that of its WAN if it is longer. The same for its timeout.
    static var interval: Duration { get }
    static var timeout: Duration { get }
    /// No target may be asked more often. Services cost more than an echo, at both ends.
    static var shortestInterval: Duration { get }
    /// In a burst it is asked in every round, and not only in the first: it is cheap enough.
    static var isAskedInEveryRound: Bool { get }
    /// Who asks by hand gets those that are configured, and no others.
    static var isOnlyAsConfigured: Bool { get }
    /// So long after its timeout an outcome may still come.
    static var grace: Duration { get }
    /// What follows the question in a sentence: `answered`, and `didn't answer`.
    static var verb: String { get }
    static var silence: String { get }

    // Of one question.

    /// It goes no farther than the gateway, so its answer says nothing of the Internet.
    var isLocal: Bool { get }
    /// It can be answered by a WAN that has IPv6 and nothing else, and then says something of the Internet.
    var isBeyondGateway6: Bool { get }
    /// IP bytes of one probe that is answered, both ways together. Layer 2 is not in it; providers count IP. Of a program nobody knows: 0.
    var bytes: Int { get }
    /// It can be asked only where there is a gateway.
    var isOfGateway: Bool { get }
    /// The same to that gateway. nil: this gateway can't be asked.
    func asking(gateway: IPAddress) -> Question?
}

/// What it takes for a kind to ask for a service, not only for a way: it tells whether the WAN is good for anything, not whether it is alive.
package struct ServiceKind: Sendable {
    /// What the silence of all its targets means, and a wrong answer that means nothing else.
    package var dead: Fault
    /// What a wrong answer may mean.
    package var lies: [Fault] = []
    /// How the texts of its targets begin, and no others'.
    package var prefix: String

    package var faults: [Fault] { [dead] + lies }
}

extension ProbeKind {
    package static var service: ServiceKind? { nil }
    package static var interval: Duration { .zero }
    package static var timeout: Duration { .zero }
    package static var shortestInterval: Duration { .milliseconds(100) }
    package static var isAskedInEveryRound: Bool { false }
    package static var isOnlyAsConfigured: Bool { false }
    package static var grace: Duration { .zero }
    package static var verb: String { "answered" }
    package static var silence: String { "didn't answer" }

    package var isLocal: Bool { false }
    package var isBeyondGateway6: Bool { false }
    package var isOfGateway: Bool { false }
    package func asking(gateway: IPAddress) -> Question? { nil }
}

extension Fault {
    private static let ofServices = Set(
        Question.Kind.allCases.flatMap { $0.entry.service?.faults ?? [] } + NewSessions.Kind.allCases.map(\.fault))

    /// The way is there and something on it is dead or a lie, which no other WAN can be worse than. Else the WAN is merely lossy or slow.
    package var isOfService: Bool { Self.ofServices.contains(self) }
}

extension IPFamily {
    var headerLength: Int { self == .v4 ? 20 : 40 }
}
