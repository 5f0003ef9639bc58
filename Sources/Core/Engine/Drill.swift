package import Model

/// A rehearsed failover: a fault that this box plays on one of its WANs, and what came of it.
///
///     playing ─▶ returning ─▶ over
///        └─────────────────────▲
///
/// The fault lasts until its time is over; then the drill goes on for as long as the failback takes. Whatever else ends it (the backup fails,
/// the operator has had enough) ends it altogether.
package struct Drill: Equatable, Sendable {
    /// What a failback may take: the longest hold of a WAN that keeps failing, and something on top.
    static let longestReturn: Duration = .seconds(360)

    package let order: DrillOrder
    let began: Instant
    package internal(set) var stage: Stage = .playing
    /// When the fault was seen to be in force.
    var stoodAt: Instant?
    var noticedAt: Instant?
    var failover: Move?
    /// Another WAN was usable at some time since the beginning. A drill that was forced without one isn't ended for want of it.
    var hadBackup = false

    package enum Stage: Equatable, Sendable {
        case playing
        /// The fault is over, the failback isn't there yet.
        case returning(since: Instant)
    }

    struct Move: Equatable, Sendable {
        var wan: WANName
        var at: Instant
    }

    init(_ order: DrillOrder, at now: Instant) {
        self.order = order
        began = now
    }

    package var isPlaying: Bool { stage == .playing }
    package var ends: Instant { began + order.duration }

    var deadline: Instant {
        switch stage {
        case .playing: ends
        case .returning(let since): since + Self.longestReturn
        }
    }

    /// Times count from when the fault was in force.
    var start: Instant { stoodAt ?? began }
}

/// That there is a drill, and how far it is.
package enum DrillNow: Equatable, Sendable {
    case playing(WANName, DrillFault, seconds: Int)
    case returning(WANName)
}
