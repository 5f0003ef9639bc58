package import Health
package import Model

/// What is told of one WAN when somebody asks why, or what would happen.
package struct Explained: Equatable, Sendable {
    package var wan: WANName
    /// In the order in which they are read.
    package var clauses: [Clause]

    package enum Clause: Equatable, Sendable {
        case condition(WANName, Condition)
        case carries
        case standsBy(Proof?)
        case sessionsMayStay(seconds: Int)
        case drill(WANName, DrillFault, seconds: Int)
        /// How long it has to be good, which is longer than configured.
        case holdGrown(Duration, usual: Duration)
        /// The operator's choice, which can't be used.
        case chosen
        /// Targets that never answer.
        case mute([String])
        /// Packets that are longer than what passes are lost.
        case largeLost(IPFamily, PathSize.Found, SegmentClamp)
        /// They answered once, and answer by no WAN any more.
        case ceased([String])
        /// How the IPv6 of a WAN is that is judged by each of its families; `carries`: while the rest goes elsewhere, or doesn't.
        case ipv6(Condition, carries: Bool)
        /// It has IPv6, and no target tells of it.
        case ipv6Unjudged

        // Of a supposition.

        case supposed(WANName, Supposed, Detection?)
        case routesUntold(InterfaceName)
        case wouldCarry(already: Bool)
        case standby(Proof)
        case sessionsWait
        case sessionsBeginAnew(WANName)
        case sessionsStay(limit: Duration?)
    }

    /// Whether a standby would serve.
    package enum Proof: Equatable, Sendable {
        /// nil: since when isn't known.
        case ready(seconds: Int?)
        case unproven
        case unready(Unreadiness)
    }

    /// How soon the daemon would know.
    package enum Detection: Equatable, Sendable {
        case atOnce
        case byWindow
        case within(Duration)
    }
}

/// Which WAN carries the traffic, or would.
package enum Answer: Equatable, Sendable {
    case undecided
    case none(Reason)
    case carries(WANName, Reason)

    // Of a supposition.

    case nobody(Reason)
    /// From nothing.
    case begins(WANName, Reason)
    case stays(WANName, Reason)
    case moves(WANName, to: WANName, Reason)
}

/// What would happen if WANs were otherwise than they are.
package struct WhatIf: Equatable, Sendable {
    package var answer: Answer
    package var lines: [Explained]
    /// The changes to routes and rules.
    package var commands: [String]
}
