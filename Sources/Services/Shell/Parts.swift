package import Engine
package import Model
package import Plan

/// Asks by the WANs. What becomes of a probe comes back as an event, and never from within `send`.
package protocol ProbeSender: AnyObject {
    func send(_ request: ProbeRequest)
    /// Nobody is asked by any other interface from now on.
    func retain(only interfaces: Set<InterfaceName>)
    /// A probe without its route would look lost.
    func routesChanged()
}

/// The time, and one alarm.
package protocol Timekeeper: AnyObject {
    var now: Instant { get }
    /// `Loop.timePassed` is to be called then, or a little later. A new moment takes the place of the one before.
    func wake(at moment: Instant)
}

/// Whoever looks on while the loop works. Clients wait for what stands behind: nothing here may take long.
package protocol Onlooker: AnyObject {
    /// The engine has decided, and nothing has been done yet.
    func decided(_ turn: Turn)
    /// Before the changes that it allows to take back.
    func remember()
    func tell(_ happening: Happening, _ turn: Turn)
    /// All effects have been carried out, or begun.
    func carriedOut(_ turn: Turn)
}

/// One event, and what came of it.
package struct Turn: Sendable {
    package var event: Event
    package var effects: [Effect]
    package var at: Instant
    /// How long after the decision the kernel had it all. nil: there was nothing for it.
    package var applied: Duration?
}

/// What the loop works with.
package struct Parts {
    package var kernel: any Kernel
    package var prober: any ProbeSender
    package var firewall: FirewallWorker
    package var time: any Timekeeper
    package var onlooker: any Onlooker
    /// Begins to delete sessions, and doesn't wait for the end of it, which is an event.
    package var sweep: (SessionSweep) -> Void
    /// Counts, from now on, what becomes of these sessions; that is an event.
    package var watch: (SessionScope?) -> Void
    /// Begins to look for the box's own sockets that hold on to these; what is found is an event.
    package var lookAtSockets: (SessionScope) -> Void
    /// Begins to read the box's files about these interfaces; that is an event.
    package var readFiles: ([InterfaceName: UInt32]) -> Void

    package init(
        kernel: any Kernel, prober: any ProbeSender, firewall: FirewallWorker, time: any Timekeeper, onlooker: any Onlooker,
        sweep: @escaping (SessionSweep) -> Void, watch: @escaping (SessionScope?) -> Void = { _ in },
        lookAtSockets: @escaping (SessionScope) -> Void = { _ in }, readFiles: @escaping ([InterfaceName: UInt32]) -> Void = { _ in }
    ) {
        self.kernel = kernel
        self.prober = prober
        self.firewall = firewall
        self.time = time
        self.onlooker = onlooker
        self.sweep = sweep
        self.watch = watch
        self.lookAtSockets = lookAtSockets
        self.readFiles = readFiles
    }
}
