package import Model

/// Something that people want to know of. What they read of it, `Wording/Wording+Happening.swift` makes.
package enum Happening: Equatable, Sendable {
    case healthChanged(HealthChange)
    /// The IPv6 of a WAN that is judged by each of its families is otherwise than the rest of it, or is so no longer.
    case ipv6Changed(HealthChange)
    /// IPv6 goes by another WAN now, by itself.
    case ipv6Switched(IPv6Switch)
    /// Another WAN is selected, or none, or the first one.
    case switched(Switch)
    case sessionsMoved(SessionsMoved)
    /// nil: those without masquerade.
    case sessionsStuck(WANName?, error: String)
    case drill(DrillStep)
    /// Sockets of the box's own programs stay on this WAN, though its drain is over.
    case socketsHold(WANName, [OwnSocket])
    /// None of the box's own resolvers, which are these, answers by this WAN.
    case resolverSilent(WANName, ResolverFault, [IPAddress])
    case resolverAnswers(WANName)
    case ready(WANName)
    case unready(WANName, Unreadiness)
    /// Less passes by a WAN than its interface takes; nil: all of it passes again.
    case pathSize(WANName, IPFamily, PathSize.Found?, SegmentClamp)
    /// Somebody else had changed what is ours.
    case repaired(commands: [String])
    case repairsHeld
    /// New sessions leave by an interface that is no WAN.
    case strayed(InterfaceName)
    case kernelUnreadable(error: String)
    case kernelRefused(error: String)
    case firewallMissing(FirewallPlace, error: String)
    case firewallRestored(FirewallPlace)
    case firewallHeld(FirewallPlace)
    case firewallApplied(FirewallPlace, commands: String)
    /// The rules of a drill are set, or taken away.
    case drillRulesApplied(FirewallPlace, commands: String)

    // What the shell alone knows.

    case started(Facts)
    /// Routes, rules and NAT stand for the first time since the start.
    case inOrder(after: Duration)
    case configurationRefused(problems: [String])
    case configurationRead(changes: [String])
    /// Clients whose TCP sessions were taken from this WAN.
    case clientsTold(WANName?, TellingOutcome)
    /// nil: he gives the choice back.
    case operatorChose(WANName?)
    /// Something of others that gets into our way, a clause that follows "on this box".
    case boxWarning(String)
    /// Of a switch to this WAN.
    case reported(id: String, WANName?, headline: String, isAnybodyBroken: Bool)
    /// What came of a drill whose reports were waited for, too. `message`: what its caller was told when it was over.
    case drillJudged(DrillWatch.Verdict, message: String)

    package enum Kind: String, Sendable {
        case health, selection, sessions, report, repair, kernel, firewall, configuration, daemon, drill, readiness, path
    }
    package enum Severity: String, Sendable { case info, notice, warning, error }

    package struct HealthChange: Equatable, Sendable {
        package var wan: WANName
        /// nil: the WAN is new.
        package var before: HealthState?
        package var health: HealthState
        package var fault: Fault?
        /// New sessions went by it until now: what becomes of them is told by a switch.
        package var carried = false
        /// By the window so far: for the history, which says with it what came before an outage.
        package var loss: Double?
        package var roundTrip: Duration?
        package var condition: Condition
    }

    package struct SessionsMoved: Equatable, Sendable {
        package var count: Int
        /// nil: of both.
        package var family: IPFamily?
        /// nil: they are those that began without masquerade.
        package var from: WANName?
        package var to: WANName?
        /// Their time on a WAN that works was over.
        package var isDrained = false
    }

    /// All that is in force at the start.
    package struct Facts: Equatable, Sendable {
        package var version: String
        package var configuration: String
        package var control: String
        package var settings: Settings

        package init(version: String, configuration: String, control: String, settings: Settings) {
            self.version = version
            self.configuration = configuration
            self.control = control
            self.settings = settings
        }
    }
}

/// What moved the selection. Whether it is a failover or a failback is decided here, once.
package struct Switch: Equatable, Sendable {
    package enum Direction: String, Sendable {
        /// To a higher metric.
        case failover
        /// To a lower one.
        case failback
    }

    /// nil: nothing was selected before.
    package var from: WANName?
    /// nil: no WAN can be used.
    package var to: WANName?
    package var direction: Direction
    /// The fault that a drill plays, or played until just now. nil: it is real.
    package var drill: DrillFault?
    package var reason: Reason
    /// The shell's: how long the kernel took, and the report that is being made of it.
    package var applied: Duration?
    package var report: String?

    package var isOperators: Bool { reason == .pinned }

    /// For reports. `switch`: the operator asked for it.
    package enum Kind: String, Sendable { case failover, failback, `switch` }
    package var kind: Kind { isOperators ? .switch : direction == .failover ? .failover : .failback }
}

/// IPv6 moves alone.
package struct IPv6Switch: Equatable, Sendable {
    package var from: WANName?
    /// nil: no WAN has IPv6 that works. It stays where it is.
    package var to: WANName?
    package var direction: Switch.Direction
    package var reason: Reason
}

/// Of a drill.
package struct DrillStep: Equatable, Sendable {
    package var wan: WANName
    /// Since the fault was in force, or since the beginning if it isn't yet.
    package var after: Duration
    package var what: What

    package enum What: Equatable, Sendable {
        case begun(DrillFault, for: Duration)
        /// The fault is taken back; not `isPlaying`: it was over before.
        case ended(DrillEnd, isPlaying: Bool)
        /// The fault is in force.
        case set(DrillFault, InterfaceName)
        case noticed(Condition)
        case failover(to: WANName, after: Duration)
        /// `after` the fault was over.
        case failback(from: WANName, after: Duration)
        /// How long each way took; nil: there was none.
        case over(DrillOutcome, failover: Duration?, failback: Duration?)
    }

    package init(wan: WANName, after: Duration, what: What) {
        self.wan = wan
        self.after = after
        self.what = what
    }
}

/// Why a drill ends.
package enum DrillEnd: Equatable, Sendable {
    case timeIsOver
    case noBackup
    case operatorChose
    case configurationChanged(WANName)
    case rulesRefused(error: String)
    case stopped(DrillStop)
}

/// Who ends a drill from outside. Part of recordings.
package enum DrillStop: String, Codable, Sendable {
    /// Whoever began it has gone.
    case callerLeft = "caller-left"
    /// Another one was forced.
    case replaced
    /// The daemon stops.
    case stopping
}

/// What came of a drill, as scripts know it.
package enum DrillOutcome: String, Sendable {
    /// Out and back.
    case passed
    /// The fault didn't move the traffic.
    case noFailover = "no-failover"
    /// It moved, and didn't come back.
    case noFailback = "no-failback"
    /// It was ended before its time.
    case stopped
    /// Out and back, but not all clients, or not all reports.
    case notBackedUp = "not-backed-up"
}

/// Why a WAN that stands by isn't ready to take over.
package enum Unreadiness: Equatable, Sendable {
    case condition(Condition)
    /// With what keeps it from being in order, if that is known.
    case noNAT(String?)
    case notForwarding(InterfaceName)
    /// TCP sessions by it would stall: packets of more than so many bytes are lost, and longer segments agreed on.
    case stalling(Int)
    /// A proof failed. nil: nothing came.
    case failed(Question, WrongAnswer?, within: Duration)
    case proofTooOld
    case unproven
}
