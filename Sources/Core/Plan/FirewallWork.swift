package import Model

/// Which firewall a configuration asks for.
package struct FirewallChoice: Hashable, Sendable {
    package var backend: FirewallBackend
    package var iptables: IPTablesVariant

    package init(_ settings: Settings) { (backend, iptables) = (settings.firewall, settings.iptables) }
}

/// What is to be done with the firewall, and in which order: one thing at a time, since each is a child program, and NAT first.
///
/// Another firewall by a reload retires the one before. What that one holds of ours is taken back once the rules of the new one stand, so
/// there is no moment without NAT.
package struct FirewallWork: Equatable, Sendable {
    package enum Job: Equatable, Sendable {
        case look(FirewallPlace)
        /// And a look at what became of it.
        case apply(FirewallRestore)
        /// All that is ours, from a firewall that has been retired.
        case takeBack
    }

    package struct Order: Equatable, Sendable {
        package var job: Job
        package var choice: FirewallChoice

        package init(job: Job, choice: FirewallChoice) {
            self.job = job
            self.choice = choice
        }
    }

    package private(set) var choice: FirewallChoice
    private var toDo: [FirewallPlace: FirewallRestore?] = [:]
    private var underWay: Order?
    /// Of those that have been found on this box. Two of the same kind see the same rules.
    private var kinds: [FirewallChoice: String] = [:]
    private var retired: [FirewallChoice] = []

    package init(_ choice: FirewallChoice) { self.choice = choice }

    /// What is waiting for another firewall is for nobody.
    package mutating func choose(_ new: FirewallChoice) {
        guard new != choice else { return }
        retire(choice)
        retired.removeAll { $0 == new }
        choice = new
        toDo = [:]
    }

    package mutating func look(at places: [FirewallPlace]) {
        // A change that waits is looked at as well.
        for place in places where toDo[place] == nil { toDo[place] = .some(nil) }
    }

    package mutating func apply(_ restore: FirewallRestore) { toDo[restore.place] = restore }

    /// nil: there is nothing to do, or something is still under way.
    /// - Parameter isInOrder: NAT stands, and the rest as far as it can.
    package mutating func next(isInOrder: @autoclosure () -> Bool) -> Order? {
        guard underWay == nil else { return nil }
        if let (place, restore) = toDo.min(by: { $0.key < $1.key }) {
            toDo[place] = nil
            underWay = Order(job: restore.map(Job.apply) ?? .look(place), choice: choice)
        } else if !retired.isEmpty, let kind = kinds[choice], isInOrder() {
            retired.removeAll { kinds[$0] == kind }
            underWay = retired.first.map { Order(job: .takeBack, choice: $0) }
        }
        return underWay
    }

    /// What was under way has ended.
    /// - Parameter kind: of the firewall that was asked. nil: there is none of that choice.
    /// - Returns: whether that one is still wanted. If not, what was seen of it says nothing of the one that is.
    package mutating func ended(_ order: Order, by kind: String?) -> Bool {
        underWay = nil
        guard order.job != .takeBack else {
            retired.removeAll { $0 == order.choice }
            kinds[order.choice] = order.choice == choice ? kind : nil
            return false
        }
        kinds[order.choice] = kind
        if order.choice != choice { retire(order.choice) }
        return order.choice == choice
    }

    /// One that was never found has done nothing.
    private mutating func retire(_ old: FirewallChoice) {
        if kinds[old] != nil, !retired.contains(old) { retired.append(old) }
    }
}
