import Clients
import ControlProtocol
import Engine
import Model

// Counts in the words of the control protocol.

extension ClientStatus {
    static func all(_ count: Reporter.Count) -> [ClientStatus] {
        let wans = count.census.ground.wans
        return (count.table ?? LANTable()).clients(count.census.addresses).map { client in
            ClientStatus(
                name: client.name, mac: client.mac, addresses: client.addresses.map(\.description),
                interface: client.interface?.description, neighbour: client.neighbour?.rawValue ?? "unknown",
                shares: (0...wans.count).compactMap { way in
                    let share = count.census.count(of: client.addresses, by: way)
                    guard share.sessions > 0 else { return nil }
                    return ClientShare(
                        wan: way < wans.count ? wans[way].name.description : nil, sessions: Int(share.sessions),
                        answered: Int(share.answered), bytes: count.census.countsBytes ? Int(clamping: share.bytes) : nil)
                })
        }
    }
}

extension SwitchReport {
    mutating func fill(_ figures: ReportDraft.Figures, _ table: LANTable?) {
        clientsBefore = figures.clients.count
        sessionsBefore = figures.sessionsBefore
        backedUp = figures.count(.backedUp)
        staying = figures.count(.staying)
        idle = figures.count(.idle)
        gone = figures.count(.gone)
        broken = figures.count(.broken)
        fastestMilliseconds = milliseconds(figures.fastest)
        medianMilliseconds = milliseconds(figures.median)
        slowestMilliseconds = milliseconds(figures.slowest)
        clients = figures.clients.prefix(Reporter.mostClients).map { client in
            ReportedClient(
                name: client.client.name ?? client.client.addresses.lazy.compactMap { table?.leases[$0]?.name }.first,
                mac: client.client.mac, addresses: client.client.addresses.map(\.description), outcome: client.outcome.rawValue,
                sessionsBefore: client.sessionsBefore, sessionsAfter: client.sessionsAfter,
                firstReplyMilliseconds: milliseconds(client.firstReply))
        }
        if figures.clients.count > clients.count { note(.notAllListed(clients: figures.clients.count, listed: clients.count)) }
        let unheard = figures.clients.count { $0.outcome == .backedUp && $0.firstReply == nil }
        if unheard > 0 { note(.unheard(clients: unheard)) }
    }

    mutating func note(_ note: ReportNote) { notes.append(note.sentence) }
}
