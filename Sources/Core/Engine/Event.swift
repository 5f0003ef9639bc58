package import Model
package import Plan

/// All that the engine ever hears of. What happens outside comes in as one of these, with the time at which it did.
package enum Event: Equatable, Sendable {
    /// A deadline has been reached.
    case tick
    case snapshot(Snapshot)
    /// The interfaces that there are, as often as another one is there or one is called otherwise.
    case devices([Device])
    /// The kernel couldn't be read.
    case snapshotFailed(error: String)
    case probe(id: ProbeID, outcome: ProbeOutcome)
    /// The outcome of an `apply`: what the kernel refused, each with its reason; empty if nothing.
    case applied(failures: [String])
    case firewallObserved(FirewallPlace, FirewallContents)
    /// This part of the firewall couldn't be read or changed.
    case firewallFailed(FirewallPlace, error: String)
    /// A sweep has been made, or couldn't be.
    case swept(id: UInt64, SweepOutcome)
    case sweepFailed(id: UInt64, error: String)
    /// What a WAN's interface has received and sent by now.
    case counters(WANName, LinkCounters)
    /// What has become of clients' new sessions by a WAN.
    case newSessions(WANName, NewSessions)
    /// Sockets of the box itself that have sessions by a WAN, as a look has found them.
    case ownSockets(WANName, [OwnSocket])
    /// What the box's files say now, all of it.
    case files(BoxFiles)
    /// The operator's word: a WAN, or nil to leave it to the order of the metrics.
    case pinned(WANName?)
    /// A drill begins.
    case drill(DrillOrder)
    /// It ends before its time.
    case drillEnded(DrillStop)
    /// Another configuration. It is in force from the next snapshot on, which has to know its interfaces, or its WANs would be called absent.
    case configured(Settings)
}

/// What the shell is to do. The order counts: what makes clients wait comes first.
package enum Effect: Equatable, Sendable {
    /// Write it down before going on; the operations that follow can be taken back by it.
    case remember(Undo)
    case apply([Operation])
    /// Never before the `apply` that takes away their way: they would begin anew where they were.
    case sweep(SessionSweep)
    case applyFirewall(FirewallRestore)
    case probe(ProbeRequest)
    /// Look at the packet counters of this WAN's interface.
    case readCounters(WANName)
    /// Look which sockets of the box itself have sessions of this scope.
    case lookAtSockets(SessionScope)
    /// Look at this part of the firewall: the last time went wrong, or another configuration wants something else of it.
    case observeFirewall(FirewallPlace)
    /// Read `Engine.interfaces` anew. Comes last: nobody waits for it.
    case readKernel
    /// Tell people.
    case notify(Happening)
}
