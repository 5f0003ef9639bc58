package import Model

/// Finds out whom a switch has reached, from the count of sessions before it to the one after it.
///
///     init(decision) ─▶ take(before) ─▶ take(notice) … take(count) … ─▶ figures
///
/// The count before may come late, where sessions stay on the WAN that is left: replies are noted from the beginning on.
package struct ReportDraft: Equatable, Sendable {
    /// It is over when everybody has been proven to work, or after so long.
    package static let limit: Duration = .seconds(30)

    package let from: WANName
    package let to: WANName
    package let decidedAt: Instant
    /// Sessions may stay on the WAN that was left, since it works. If not, what moves there is only somebody who asks in vain.
    package let keepsSessions: Bool
    /// The one that moves alone. nil: both.
    private let family: IPFamily?
    private let ground: Ground
    private let fromPlace: Int?
    private let toPlace: Int?

    private var before: Before?
    private var replies: [IPAddress: Duration] = [:]
    private var evidence = Evidence()
    private var sessionsAfter: [IPAddress: UInt32] = [:]
    private var unproven = 0
    package private(set) var wasOverrun = false
    package private(set) var lacksTimes = false

    private struct Before: Equatable {
        var clients: [LANClient]
        var sessions: [Int]
        var owner: [IPAddress: Int]
        var isProven: [Bool]
        var table: LANTable
    }

    /// What counts since the decision have shown, by address.
    private struct Evidence: Equatable {
        var answered: Set<IPAddress> = []
        var asked: Set<IPAddress> = []
        var stayed: Set<IPAddress> = []
    }

    package init(
        from: WANName, to: WANName, decidedAt: Instant, keepsSessions: Bool, family: IPFamily? = nil, ground: Ground
    ) {
        self.from = from
        self.to = to
        self.decidedAt = decidedAt
        self.keepsSessions = keepsSessions
        self.family = family
        self.ground = ground
        fromPlace = ground.place(of: from)
        toPlace = ground.place(of: to)
    }

    /// Who was active by the WAN that is left.
    package mutating func take(before census: Census, _ table: LANTable) {
        guard before == nil, let place = census.ground.place(of: from) else { return }
        var clients: [LANClient] = []
        var sessions: [Int] = []
        for client in table.clients(census.addresses) {
            let active = census.count(of: client.addresses.filter(moves), by: place).active
            guard active > 0 else { continue }
            clients.append(client)
            sessions.append(Int(active))
        }
        lacksTimes = lacksTimes || census.lacksTimes
        var owner: [IPAddress: Int] = [:]
        for (index, client) in clients.enumerated() { for address in client.addresses { owner[address] = index } }
        var isProven = Array(repeating: false, count: clients.count)
        for address in replies.keys { if let index = owner[address] { isProven[index] = true } }
        unproven = isProven.count { !$0 }
        before = Before(clients: clients, sessions: sessions, owner: owner, isProven: isProven, table: table)
    }

    package mutating func take(_ notice: SessionNotice, at now: Instant) {
        switch notice {
        case .overrun: wasOverrun = true
        case .ended: break
        case .seen(let session):
            // What was read before the decision, and told of after it, proves nothing.
            guard now >= decidedAt, session.isAnswered, let toPlace, ground.way(of: session) == toPlace, replies[session.source] == nil
            else { return }
            replies[session.source] = now - decidedAt
            guard let index = before?.owner[session.source], before?.isProven[index] == false else { return }
            before?.isProven[index] = true
            unproven -= 1
        }
    }

    /// - Parameter census: with the seconds since the decision.
    package mutating func take(after census: Census) {
        guard let to = census.ground.place(of: to) else { return }
        let from = census.ground.place(of: from)
        sessionsAfter = [:]
        for address in census.addresses where moves(address) {
            let new = census.count(of: address, by: to)
            sessionsAfter[address] = new.sessions
            if new.movedAnswered > 0 { evidence.answered.insert(address) }
            if new.moved > 0 { evidence.asked.insert(address) }
            guard let from, census.count(of: address, by: from).moved > 0 else { continue }
            if keepsSessions { evidence.stayed.insert(address) } else { evidence.asked.insert(address) }
        }
    }

    private func moves(_ address: IPAddress) -> Bool { family.map { $0 == address.family } ?? true }

    /// There is nobody left to wait for.
    package var isSettled: Bool { before != nil && unproven == 0 }
    package var knowsBefore: Bool { before != nil }

    package struct Figures: Equatable, Sendable {
        package enum Outcome: String, Sendable, CaseIterable { case backedUp = "backed-up", staying, idle, gone, broken }

        package struct Client: Equatable, Sendable {
            package var client: LANClient
            package var outcome: Outcome
            package var sessionsBefore: Int
            package var sessionsAfter: Int
            package var firstReply: Duration?
        }

        /// The slowest first, then those without a time.
        package var clients: [Client] = []
        package var fastest: Duration?
        package var median: Duration?
        package var slowest: Duration?

        package func count(_ outcome: Outcome) -> Int { clients.count { $0.outcome == outcome } }
        package var sessionsBefore: Int { clients.reduce(0) { $0 + $1.sessionsBefore } }
    }

    /// What is known by now.
    /// - Parameter table: of the LAN as it is now. nil: it couldn't be read.
    package func figures(_ table: LANTable?) -> Figures {
        guard let before else { return Figures() }
        // A host may have taken another address meanwhile, as IPv6 hosts do.
        var added: [String: [IPAddress]] = [:]
        for neighbour in table?.neighbours.values.map({ $0 }) ?? [] {
            if let mac = neighbour.mac, before.owner[neighbour.address] == nil { added[mac, default: []].append(neighbour.address) }
        }
        var figures = Figures()
        for (index, client) in before.clients.enumerated() {
            let addresses = client.addresses + (client.mac.flatMap { added[$0] } ?? [])
            figures.clients.append(
                Figures.Client(
                    client: client, outcome: outcome(addresses, before.table, table), sessionsBefore: before.sessions[index],
                    sessionsAfter: addresses.reduce(0) { $0 + Int(sessionsAfter[$1] ?? 0) },
                    firstReply: addresses.compactMap { replies[$0] }.min()))
        }
        figures.clients.sort {
            let (a, b) = ($0.firstReply ?? .seconds(-1), $1.firstReply ?? .seconds(-1))
            if a != b { return a > b }
            if $0.outcome != $1.outcome { return $0.outcome.rank < $1.outcome.rank }
            return $0.client.addresses[0] < $1.client.addresses[0]
        }
        let times = figures.clients.compactMap(\.firstReply)
        figures.slowest = times.first
        figures.fastest = times.last
        if !times.isEmpty { figures.median = (times[times.count / 2] + times[(times.count - 1) / 2]) / 2 }
        return figures
    }

    private func outcome(_ addresses: [IPAddress], _ before: LANTable, _ after: LANTable?) -> Figures.Outcome {
        func any(_ set: Set<IPAddress>) -> Bool { addresses.contains { set.contains($0) } }
        if addresses.contains(where: { replies[$0] != nil }) || any(evidence.answered) { return .backedUp }
        if any(evidence.stayed) { return .staying }
        if any(evidence.asked) { return .broken }
        // Behind a router on the LAN nobody can tell.
        guard let after, addresses.contains(where: { before.neighbours[$0] != nil || ground.isInside($0) }) else { return .idle }
        return addresses.contains { after.isPresent($0) } ? .idle : .gone
    }
}

extension ReportDraft.Figures.Outcome {
    /// What somebody has to look at comes first.
    fileprivate var rank: Int {
        switch self {
        case .broken: 0
        case .backedUp: 1
        case .staying: 2
        case .idle: 3
        case .gone: 4
        }
    }
}
