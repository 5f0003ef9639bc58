import Model

/// What becomes of the sessions of each WAN: of each family by itself, and in one sweep where both share a fate.
struct SessionCare: Equatable, Sendable {
    typealias WAN = FamilySessionCare.WAN

    /// A sweep, and whose sessions they are; nil: those of several WANs.
    struct Order: Equatable, Sendable {
        var sweep: SessionSweep
        var wan: WANName?
    }

    private var four = FamilySessionCare()
    private var six = FamilySessionCare()

    /// - Parameter isFirstRun: nothing of an earlier run was there at the start.
    init(isFirstRun: Bool = false) {
        four.isFirstRun = isFirstRun
        six.isFirstRun = isFirstRun
    }
    private var underWay: [Order] = []
    private var lastID: UInt64 = 0
    private var tells = false

    /// When something is due next.
    var deadline: Instant? { earlier(four.deadline, six.deadline) }

    /// To be called when the routes and rules are as the selection wants them: the other order would have the sessions begin anew on the WAN
    /// that they are to leave.
    /// - Parameters:
    ///   - wans: as they are to sessions of IPv4, and of IPv6; the same where the two aren't judged apart.
    ///   - tells: clients are told what becomes of their sessions.
    mutating func advance(_ wans: [WAN], ipv6 wans6: [WAN], mask: UInt32, tells: Bool, at now: Instant) -> [Order] {
        self.tells = tells
        var wants6 = six.advance(wans6, mask: mask, at: now)
        var orders = four.advance(wans, mask: mask, at: now).map { want in
            guard let place = wants6.firstIndex(of: want) else { return order(.only(.v4, want.scope), want.wan) }
            wants6.remove(at: place)
            return order(want.scope, want.wan)
        }
        orders += wants6.map { order(.only(.v6, $0.scope), $0.wan) }
        return orders
    }

    /// Another WAN has the mark of this one from now on. What is left of its sessions, if the daemon wasn't there when it went, would be led by that one.
    mutating func owe(_ wan: WANName, mark: UInt32) {
        four.owe(wan, mark: mark)
        six.owe(wan, mark: mark)
    }

    /// What began while masquerade was missing, or by another way, is in conntrack without it, and would stay so.
    mutating func sweepWithoutNAT(_ scope: SessionSweep.Scope) -> Order { order(scope, nil) }

    /// They have to begin anew, be it by the same WAN.
    mutating func sweepAll(of wan: WANName, mark: UInt32, mask: UInt32) -> Order { order(.wan(mark: mark, mask: mask, addresses: []), wan) }

    /// The kernel refused what the sweeps relied on: they are due again.
    mutating func repeatSweeps() {
        four.repeatSweeps()
        six.repeatSweeps()
    }

    /// What the sweep with this number was for. nil: nobody knows of it.
    mutating func ended(_ id: UInt64) -> Order? {
        guard let place = underWay.firstIndex(where: { $0.sweep.id == id }) else { return nil }
        return underWay.remove(at: place)
    }

    /// Until when the sessions of this WAN may stay. nil: for as long as they last, or it keeps none, or carries new ones, too.
    func drainEnd(of wan: WANName) -> Instant? { four.drainEnd(of: wan) ?? six.drainEnd(of: wan) }

    /// It carries no new sessions, or none of one family, and those that it has may stay.
    func isDraining(_ wan: WANName) -> Bool { four.isDraining(wan) || six.isDraining(wan) }

    /// It carries no new sessions, and those that could be moved have been.
    func isDrained(_ wan: WANName) -> Bool { four.isDrained(wan) || six.isDrained(wan) }

    private mutating func order(_ scope: SessionSweep.Scope, _ wan: WANName?) -> Order {
        lastID += 1
        // What began without masquerade was never answered.
        let order = Order(sweep: SessionSweep(id: lastID, scope: scope, isTold: tells && wan != nil), wan: wan)
        underWay.append(order)
        return order
    }
}
