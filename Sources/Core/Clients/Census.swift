package import Model

/// How many sessions each address of the LAN has by each WAN. Sessions are shown to it one by one and aren't kept, so it is small where
/// they are many.
package struct Census: Equatable, Sendable {
    package struct Count: Equatable, Sendable {
        package var sessions: UInt32 = 0
        package var answered: UInt32 = 0
        /// Answered, and a packet moved in the last minute.
        package var active: UInt32 = 0
        /// A packet moved since the moment that is asked about.
        package var moved: UInt32 = 0
        package var movedAnswered: UInt32 = 0
        package var bytes: UInt64 = 0

        static func += (a: inout Count, b: Count) {
            a.sessions += b.sessions
            a.answered += b.answered
            a.active += b.active
            a.moved += b.moved
            a.movedAnswered += b.movedAnswered
            a.bytes += b.bytes
        }
    }

    package static let activeSeconds: UInt32 = 60
    /// The kernel shows a session twice only when it begins anew with a bucket of its table, and a bucket holds few.
    private static let remembered = 64

    package let ground: Ground
    /// The kernel counts bytes (`net.netfilter.nf_conntrack_acct`).
    package private(set) var countsBytes = false
    /// The silence of some sessions isn't known: they count as if they had none.
    package private(set) var lacksTimes = false
    /// So many seconds ago was the moment that is asked about.
    private let secondsSince: UInt32?
    private var places: [IPAddress: Int] = [:]
    /// For each address one for each WAN, and one for none of them.
    private var counts: [Count] = []
    private var lastIDs: [UInt32] = []
    private var lastPlace = 0

    /// - Parameter secondsSince: for `moved`: what moved in the seconds since then. The kernel rounds silences up, so round this down.
    package init(_ ground: Ground, secondsSince: UInt32? = nil) {
        self.ground = ground
        self.secondsSince = secondsSince
    }

    package var addresses: some Sequence<IPAddress> { places.keys }
    package var isEmpty: Bool { places.isEmpty }

    /// - Parameter idleSeconds: how long no packet has come. nil: not known.
    package mutating func add(_ session: SessionEntry, idleSeconds: UInt32?) {
        guard !isRepeated(session.id), let way = ground.way(of: session) else { return }
        let stride = ground.wans.count + 1
        let place: Int
        if let known = places[session.source] {
            place = known
        } else {
            place = counts.count
            places[session.source] = place
            counts.append(contentsOf: repeatElement(Count(), count: stride))
        }
        if session.bytes != nil { countsBytes = true }
        if idleSeconds == nil { lacksTimes = true }
        let idle = idleSeconds ?? 0
        let answered: UInt32 = session.isAnswered ? 1 : 0
        var count = Count(sessions: 1, answered: answered, bytes: session.bytes ?? 0)
        if idle <= Self.activeSeconds { count.active = answered }
        if let secondsSince, idle <= secondsSince {
            count.moved = 1
            count.movedAnswered = answered
        }
        counts[place + way] += count
    }

    private mutating func isRepeated(_ id: UInt32) -> Bool {
        if lastIDs.contains(id) { return true }
        if lastIDs.count < Self.remembered {
            lastIDs.append(id)
        } else {
            lastIDs[lastPlace] = id
            lastPlace = (lastPlace + 1) % Self.remembered
        }
        return false
    }

    /// - Parameter way: a place in `ground.wans`, or their number for the sessions that go by none of them.
    package func count(of address: IPAddress, by way: Int) -> Count { places[address].map { counts[$0 + way] } ?? Count() }

    package func count(of addresses: [IPAddress], by way: Int) -> Count {
        addresses.reduce(into: Count()) { $0 += count(of: $1, by: way) }
    }
}
