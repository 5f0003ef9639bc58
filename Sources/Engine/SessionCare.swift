import Model

/// What becomes of the sessions of each WAN.
///
/// Sessions stay by the WAN that they began on for as long as it works: its rule leads them there, whichever WAN carries new ones. Two things
/// end that: the WAN fails (they are deleted from conntrack, once another WAN stands ready), or it has carried no new ones for as
/// long as `drain` says.
struct SessionCare: Equatable, Sendable {
    /// What was routed before the rule went, and came into conntrack after the sweep, is found by a second one.
    static let secondSweep: Duration = .milliseconds(500)

    /// One WAN, as the engine sees it at this moment.
    struct WAN: Equatable, Sendable {
        var name: WANName
        var mark: UInt32
        var drain: Drain
        /// Those of its interface; empty while it has none.
        var addresses: [IPAddress]
        var isSelected: Bool
        /// Its rule stands.
        var keepsSessions: Bool
        /// Selected, and able to take over the sessions of others.
        var isReady: Bool
    }

    /// A sweep, and what to tell about it.
    struct Order: Equatable, Sendable {
        enum Reason: Equatable, Sendable { case failover, drained, unmasqueraded }
        var sweep: SessionSweep
        /// Whose sessions they are; nil: those of several WANs.
        var wan: WANName?
        var reason: Reason
    }

    private struct Record: Equatable, Sendable {
        var wan: WAN
        /// It keeps them no longer, and they haven't been moved yet.
        var isOwed = false
        var sweepsAgainAt: Instant?
        /// Since when it has carried no new ones. nil: it carries them, or keeps none.
        var drainsSince: Instant?
        /// Up to this limit it has been drained.
        var drainedTo: Duration = .zero - .nanoseconds(1)

        var nextShare: (share: Drain.Share, at: Instant)? {
            guard let drainsSince, let share = wan.drain.shares.first(where: { $0.limit > drainedTo }) else { return nil }
            return (share, drainsSince + share.limit)
        }
    }

    private var records: [Record] = []
    private var underWay: [Order] = []
    private var lastID: UInt64 = 0

    /// The longest wait that is over.
    var deadline: Instant? {
        var next: Instant?
        for record in records { next = earlier(next, earlier(record.sweepsAgainAt, record.nextShare?.at)) }
        return next
    }

    /// To be called when the routes and rules are as the selection wants them: the other order would have the sessions begin anew on the WAN
    /// that they are to leave.
    mutating func advance(_ wans: [WAN], mask: UInt32, at now: Instant) -> [Order] {
        adopt(wans, at: now)
        guard let ready = wans.first(where: \.isReady) else { return [] }
        var orders: [Order] = []
        for index in records.indices where records[index].wan.name != ready.name || records[index].wan.mark != ready.mark {
            if records[index].isOwed {
                records[index].isOwed = false
                records[index].sweepsAgainAt = now + Self.secondSweep
                orders.append(sweep(all(of: index, mask), of: index, .failover))
            } else if let again = records[index].sweepsAgainAt, again <= now {
                records[index].sweepsAgainAt = nil
                orders.append(sweep(all(of: index, mask), of: index, .failover))
            }
            while let (share, at) = records[index].nextShare, at <= now {
                records[index].drainedTo = share.limit
                let mark = records[index].wan.mark
                let scope: SessionSweep.Scope =
                    share.isRest
                    ? .allBut(share.classes, mark: mark, mask: mask) : .classes(share.classes, mark: mark, mask: mask)
                orders.append(sweep(scope, of: index, .drained))
            }
        }
        // Of a WAN that the configuration has dropped nothing is left.
        records.removeAll { record in
            !record.isOwed && record.sweepsAgainAt == nil && !wans.contains { $0.name == record.wan.name && $0.mark == record.wan.mark }
        }
        return orders
    }

    /// What began while masquerade was missing is in conntrack without it, and would stay so.
    mutating func sweepUnmasqueraded(_ scope: SessionSweep.Scope) -> Order { order(scope, nil, .unmasqueraded) }

    /// The kernel refused what the sweeps relied on: they are due again.
    mutating func repeatSweeps(at now: Instant) {
        for index in records.indices where records[index].sweepsAgainAt != nil { records[index].isOwed = true }
    }

    /// What the sweep with this number was for. nil: nobody knows of it.
    mutating func ended(_ id: UInt64) -> Order? {
        guard let place = underWay.firstIndex(where: { $0.sweep.id == id }) else { return nil }
        return underWay.remove(at: place)
    }

    /// Until when the sessions of this WAN may stay. nil: for as long as they last, or it keeps none, or carries new ones, too.
    func drainEnd(of wan: WANName) -> Instant? {
        guard let record = records.first(where: { $0.wan.name == wan }), let since = record.drainsSince, let last = record.wan.drain.limit,
            last > record.drainedTo
        else { return nil }
        return since + last
    }

    /// It carries no new sessions, and those that it has may stay.
    func isDraining(_ wan: WANName) -> Bool {
        guard let record = records.first(where: { $0.wan.name == wan }), record.drainsSince != nil else { return false }
        return record.wan.drain.limit.map { $0 > record.drainedTo } ?? true
    }

    private mutating func adopt(_ wans: [WAN], at now: Instant) {
        for index in records.indices
        where !wans.contains(where: { $0.name == records[index].wan.name && $0.mark == records[index].wan.mark }) {
            if records[index].wan.keepsSessions || records[index].wan.isSelected { records[index].isOwed = true }
            records[index].wan.keepsSessions = false
            records[index].wan.isSelected = false
            records[index].drainsSince = nil
        }
        for wan in wans {
            let index: Int
            if let known = records.firstIndex(where: { $0.wan.name == wan.name && $0.wan.mark == wan.mark }) {
                index = known
            } else {
                // An earlier run may have left sessions of it, whatever it is now.
                var before = wan
                before.keepsSessions = true
                records.append(Record(wan: before))
                index = records.endIndex - 1
            }
            let keptSessions = records[index].wan.keepsSessions || records[index].wan.isSelected
            // The addresses are needed most when the interface is gone.
            let addresses = wan.addresses.isEmpty ? records[index].wan.addresses : wan.addresses
            records[index].wan = wan
            records[index].wan.addresses = addresses
            if wan.isSelected || wan.keepsSessions {
                records[index].isOwed = false
                records[index].sweepsAgainAt = nil
            } else if keptSessions {
                records[index].isOwed = true
            }
            if wan.isSelected || !wan.keepsSessions {
                records[index].drainsSince = nil
                records[index].drainedTo = .zero - .nanoseconds(1)
            } else if records[index].drainsSince == nil {
                records[index].drainsSince = now
            }
        }
    }

    private func all(of index: Int, _ mask: UInt32) -> SessionSweep.Scope {
        let wan = records[index].wan
        // Two modems of one make have one address: what goes by it could be the other's.
        let others = Set(records.indices.filter { $0 != index }.flatMap { records[$0].wan.addresses })
        return .wan(mark: wan.mark, mask: mask, addresses: wan.addresses.filter { !others.contains($0) })
    }

    private mutating func sweep(_ scope: SessionSweep.Scope, of index: Int, _ reason: Order.Reason) -> Order {
        order(scope, records[index].wan.name, reason)
    }

    private mutating func order(_ scope: SessionSweep.Scope, _ wan: WANName?, _ reason: Order.Reason) -> Order {
        lastID += 1
        let order = Order(sweep: SessionSweep(id: lastID, scope: scope), wan: wan, reason: reason)
        underWay.append(order)
        return order
    }
}
