import Model

/// What becomes of the sessions of each WAN, in one family.
///
/// Sessions stay by the WAN that they began on for as long as it works: its rule leads them there, whichever WAN carries new ones. Two things
/// end that: the WAN fails (they are deleted from conntrack, once another WAN stands ready), or it has carried no new ones for as
/// long as `drain` says.
struct FamilySessionCare: Equatable, Sendable {
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
        /// It works, as far as anybody knows.
        var keepsSessions: Bool
        /// Selected, and able to take over the sessions of others.
        var isReady: Bool

        /// Sessions that carry its mark are led by it.
        var hasRule: Bool { isSelected || keepsSessions }

        /// With another mark it is another one to the sessions.
        func isSame(as other: WAN) -> Bool { name == other.name && mark == other.mark }
    }

    /// What is to be swept, and whose sessions they are.
    struct Want: Equatable, Sendable {
        var scope: SessionSweep.Scope
        var wan: WANName
    }

    private struct Record: Equatable, Sendable {
        var wan: WAN
        /// It has carried new sessions, as far as anybody knows: so there may be some that stay.
        var hasCarried: Bool
        /// It keeps them no longer, and they haven't been moved yet.
        var isOwed = false
        var sweepsAgainAt: Instant?
        /// nil: it carries new ones, or keeps none.
        var draining: Draining?

        struct Draining: Equatable, Sendable {
            var since: Instant
            /// What has a limit up to this one has been moved.
            var doneTo: Duration?

            func isDone(_ limit: Duration) -> Bool { doneTo.map { limit <= $0 } ?? false }
        }

        var nextShare: (share: Drain.Share, at: Instant)? {
            guard let draining, let share = wan.drain.shares.first(where: { !draining.isDone($0.limit) }) else { return nil }
            return (share, draining.since + share.limit)
        }

        var drainEnd: Instant? {
            guard let draining, let limit = wan.drain.limit, !draining.isDone(limit) else { return nil }
            return draining.since + limit
        }

        /// What the configuration or the health of the WAN says of it now.
        mutating func adopt(_ now: WAN, at time: Instant) {
            let hadRule = wan.hasRule
            // The addresses are needed most when the interface is gone.
            let addresses = now.addresses.isEmpty ? wan.addresses : now.addresses
            wan = now
            wan.addresses = addresses
            hasCarried = hasCarried || wan.isSelected
            if wan.hasRule {
                isOwed = false
                sweepsAgainAt = nil
            } else if hadRule {
                isOwed = true
            }
            if wan.isSelected || !wan.keepsSessions {
                draining = nil
            } else if draining == nil {
                draining = Draining(since: time)
            }
        }
    }

    private var records: [Record] = []
    /// Nothing of an earlier run was there at the start.
    var isFirstRun = false

    /// When something is due next.
    var deadline: Instant? {
        var next: Instant?
        for record in records { next = earlier(next, earlier(record.sweepsAgainAt, record.nextShare?.at)) }
        return next
    }

    /// To be called when the routes and rules are as the selection wants them: the other order would have the sessions begin anew on the WAN
    /// that they are to leave.
    mutating func advance(_ wans: [WAN], mask: UInt32, at now: Instant) -> [Want] {
        adopt(wans, at: now)
        guard let ready = wans.first(where: \.isReady) else { return [] }
        var wants: [Want] = []
        for index in records.indices where !records[index].wan.isSame(as: ready) {
            if records[index].isOwed {
                records[index].isOwed = false
                records[index].sweepsAgainAt = now + Self.secondSweep
                wants.append(Want(scope: all(of: index, mask), wan: records[index].wan.name))
            } else if let again = records[index].sweepsAgainAt, again <= now {
                records[index].sweepsAgainAt = nil
                wants.append(Want(scope: all(of: index, mask), wan: records[index].wan.name))
            }
            while let (share, at) = records[index].nextShare, at <= now {
                records[index].draining?.doneTo = share.limit
                let wan = records[index].wan
                wants.append(
                    Want(
                        scope: share.isRest
                            ? .allBut(share.classes, mark: wan.mark, mask: mask) : .classes(share.classes, mark: wan.mark, mask: mask),
                        wan: wan.name))
            }
        }
        // Of a WAN that the configuration has dropped nothing is left.
        records.removeAll { record in
            !record.isOwed && record.sweepsAgainAt == nil && !wans.contains { $0.isSame(as: record.wan) }
        }
        return wants
    }

    /// Another WAN has the mark of this one from now on. What is left of its sessions, if the daemon wasn't there when it went, would be led by that one.
    mutating func owe(_ wan: WANName, mark: UInt32) {
        guard !records.contains(where: { $0.wan.name == wan && $0.wan.mark == mark }) else { return }
        records.append(
            Record(
                wan: WAN(
                    name: wan, mark: mark, drain: Drain(limit: nil), addresses: [], isSelected: false, keepsSessions: false, isReady: false),
                hasCarried: true, isOwed: true))
    }

    /// The kernel refused what the sweeps relied on: they are due again.
    mutating func repeatSweeps() {
        for index in records.indices where records[index].sweepsAgainAt != nil { records[index].isOwed = true }
    }

    /// Until when the sessions of this WAN may stay. nil: for as long as they last, or it keeps none, or carries new ones, too.
    func drainEnd(of wan: WANName) -> Instant? { record(of: wan).flatMap { $0.hasCarried ? $0.drainEnd : nil } }

    /// It carries no new sessions, and those that it has may stay.
    func isDraining(_ wan: WANName) -> Bool {
        guard let record = record(of: wan), record.hasCarried, record.draining != nil else { return false }
        return record.wan.drain.limit == nil || record.drainEnd != nil
    }

    /// What it had has been moved, as far as it could be.
    func isDrained(_ wan: WANName) -> Bool {
        guard let record = record(of: wan), let limit = record.wan.drain.limit else { return false }
        return record.draining?.isDone(limit) ?? false
    }

    private func record(of wan: WANName) -> Record? { records.first { $0.wan.name == wan } }

    private mutating func adopt(_ wans: [WAN], at now: Instant) {
        for wan in wans where !records.contains(where: { $0.wan.isSame(as: wan) }) {
            // An earlier run may have left sessions of it, whatever it is now.
            var before = wan
            before.keepsSessions = true
            records.append(Record(wan: before, hasCarried: !isFirstRun))
        }
        for index in records.indices {
            var wan = records[index].wan
            if let present = wans.first(where: { $0.isSame(as: wan) }) {
                wan = present
            } else {
                // The configuration has dropped it.
                wan.isSelected = false
                wan.keepsSessions = false
            }
            records[index].adopt(wan, at: now)
        }
    }

    private func all(of index: Int, _ mask: UInt32) -> SessionSweep.Scope {
        let wan = records[index].wan
        // Two modems of one make have one address: what goes by it could be the other's.
        let others = Set(records.indices.filter { $0 != index }.flatMap { records[$0].wan.addresses })
        return .wan(mark: wan.mark, mask: mask, addresses: wan.addresses.filter { !others.contains($0) })
    }
}
