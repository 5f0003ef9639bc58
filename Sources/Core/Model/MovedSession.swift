/// A TCP session that was taken from its WAN: as whoever began it knows it.
package struct MovedSession: Hashable, Sendable {
    package var client: IPAddress
    package var clientPort: UInt16
    package var server: IPAddress
    package var serverPort: UInt16
    /// Its client has an address that it went out with unchanged: it may be the box itself.
    package var isUnchanged: Bool

    package init(client: IPAddress, clientPort: UInt16, server: IPAddress, serverPort: UInt16, isUnchanged: Bool = false) {
        self.client = client
        self.clientPort = clientPort
        self.server = server
        self.serverPort = serverPort
        self.isUnchanged = isUnchanged
    }
}

/// How many were told, and how many of them took note of it.
package struct TellingOutcome: Equatable, Sendable {
    package var told = 0
    package var answered = 0
    /// Nobody knows where their clients are.
    package var untold = 0
    /// Sockets of the box's own that were ended.
    package var own = 0
    /// Why it didn't go as it should.
    package var problem: String?

    package init(told: Int = 0, answered: Int = 0, untold: Int = 0, own: Int = 0, problem: String? = nil) {
        self.told = told
        self.answered = answered
        self.untold = untold
        self.own = own
        self.problem = problem
    }

    package var silent: Int { told - answered }
    package var isNothing: Bool { self == TellingOutcome() }
}
