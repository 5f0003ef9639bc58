package import Engine
import Model
package import Plan

/// Has the firewall's child programs run, one at a time: none of them keeps the engine's queue waiting, and the outcome of each comes back
/// as an event.
package final class FirewallWorker {
    /// How often a firewall that tells of no changes is looked at.
    package static let pollInterval: Duration = .seconds(3)

    private let find: Find
    private let start: (FirewallTask) -> Void
    private let hearsNotices: Bool
    private var work: FirewallWork
    private var found: [FirewallChoice: any Firewall] = [:]
    private(set) var pollAt: Instant?

    package typealias Find = @Sendable (FirewallChoice) async throws(FirewallError) -> any Firewall

    /// - Parameters:
    ///   - hearsNotices: the kernel's notices of changes can be heard.
    ///   - start: has to run it, without waiting for it, and to give its outcome to `Loop.firewallEnded`.
    package init(
        _ choice: FirewallChoice, hearsNotices: Bool, find: @escaping Find, start: @escaping (FirewallTask) -> Void
    ) {
        work = FirewallWork(choice)
        self.hearsNotices = hearsNotices
        self.find = find
        self.start = start
    }

    func choose(_ choice: FirewallChoice) {
        if choice != work.choice { pollAt = nil }
        work.choose(choice)
    }

    var kind: String? { found[work.choice]?.kind }

    func look(at places: [FirewallPlace]) { work.look(at: places) }
    func apply(_ restore: FirewallRestore) { work.apply(restore) }

    func startNext(isInOrder: @autoclosure () -> Bool) {
        guard let order = work.next(isInOrder: isInOrder()) else { return }
        start(FirewallTask(order: order, firewall: found[order.choice], find: find))
    }

    /// What it says of the firewall that is wanted. nil: nothing.
    func ended(_ outcome: FirewallTask.Outcome, at now: Instant) -> Event? {
        let order = outcome.order
        found[order.choice] = outcome.firewall
        let isWanted = work.ended(order, by: outcome.firewall?.kind)
        if order.job == .takeBack, order.choice != work.choice { found[order.choice] = nil }
        guard isWanted else { return nil }
        if pollAt == nil, let firewall = outcome.firewall, !firewall.sendsNotices || !hearsNotices { pollAt = now + Self.pollInterval }
        return outcome.event
    }

    /// Whether it is time to look at a firewall that tells of no changes.
    func isPollDue(at now: Instant) -> Bool {
        guard let pollAt, pollAt <= now else { return false }
        self.pollAt = now + Self.pollInterval
        return true
    }
}

/// One thing that a firewall is to do, for whoever can wait for it.
package struct FirewallTask: Sendable {
    package struct Outcome: Sendable {
        package var order: FirewallWork.Order
        /// nil: there is no such firewall on this box.
        package var firewall: (any Firewall)?
        package var event: Event?
        /// Of rules that couldn't be taken back.
        package var problem: FirewallError?
    }

    package let order: FirewallWork.Order
    private let firewall: (any Firewall)?
    private let find: FirewallWorker.Find

    /// - Parameter firewall: nil: it has yet to be found.
    package init(order: FirewallWork.Order, firewall: (any Firewall)?, find: @escaping FirewallWorker.Find) {
        self.order = order
        self.firewall = firewall
        self.find = find
    }

    package func run() async -> Outcome {
        var outcome = Outcome(order: order, firewall: firewall)
        do throws(FirewallError) {
            let firewall: any Firewall
            if let known = self.firewall { firewall = known } else { firewall = try await find(order.choice) }
            outcome.firewall = firewall
            switch order.job {
            case .look(let place): outcome.event = .firewallObserved(place, try await firewall.observe(place))
            case .apply(let restore):
                try await firewall.apply(restore)
                outcome.event = .firewallObserved(restore.place, try await firewall.observe(restore.place))
            case .takeBack:
                for place in firewall.places {
                    // What can't be looked at, as where ip6tables is missing, holds nothing of ours, or nothing that we could take back.
                    do throws(FirewallError) { try await firewall.takeBack(place) } catch { outcome.problem = outcome.problem ?? error }
                }
            }
        } catch {
            outcome.event = order.job.place.map { .firewallFailed($0, error: error.description) }
        }
        return outcome
    }
}

extension FirewallWork.Job {
    fileprivate var place: FirewallPlace? {
        switch self {
        case .look(let place): place
        case .apply(let restore): restore.place
        case .takeBack: nil
        }
    }
}
