package import Model

/// Whether a WAN lives: what the kernel says of its interface and, where that is ready, what the probes say. The kernel's word is taken from any
/// state and at once. What impairs a WAN that lives stands beside this.
package enum Liveness: Equatable, Sendable {
    /// The kernel hasn't said anything yet.
    case unseen
    case absent
    case noCarrier
    case noGateway
    case noRoute
    case ready(Way, Phase)

    /// What probes leave by.
    package struct Way: Equatable, Sendable {
        package var interfaceIndex: UInt32
        package var gateway: IPAddress?
    }

    package enum Phase: Equatable, Sendable {
        /// Nothing has been heard yet. To: up, down.
        indirect case unknown(Burst)
        /// To: suspect.
        case up
        /// A reply is late, or clients' packets stay unanswered. To: up, down.
        indirect case suspect(Burst)
        /// - since: only what is answered from then on shows that it is back.
        /// - fault: nil for one of which nobody knows it: an earlier run left it demoted, or its interface has just come back. It may become known
        ///   while it is down. To: recovering.
        case down(since: Instant, fault: Fault?)
        /// It answers again. With the question whether it is silent again, if a reply is late. To: up, down.
        indirect case recovering(since: Instant, from: Fault?, Burst?)

        /// The question that is under way.
        var burst: Burst? {
            switch self {
            case .unknown(let burst), .suspect(let burst), .recovering(_, _, let burst?): burst
            case .up, .down, .recovering(_, _, nil): nil
            }
        }
    }

    /// nil where there is nobody to ask.
    var phase: Phase? { if case .ready(_, let phase) = self { phase } else { nil } }

    /// The question that is under way. Setting it while there is none does nothing.
    var burst: Burst? {
        get { phase?.burst }
        set {
            guard let newValue, case .ready(let way, let phase) = self else { return }
            switch phase {
            case .unknown: self = .ready(way, .unknown(newValue))
            case .suspect: self = .ready(way, .suspect(newValue))
            case .recovering(let since, let fault, .some): self = .ready(way, .recovering(since: since, from: fault, newValue))
            case .up, .down, .recovering(_, _, nil): break
            }
        }
    }

    /// Why it isn't up, if that is known.
    var fault: Fault? {
        switch self {
        case .unseen, .ready(_, .unknown), .ready(_, .up), .ready(_, .suspect): nil
        case .absent: .modemGone
        case .noCarrier: .noCarrier
        case .noGateway: .noLease
        case .noRoute: .noRoute
        case .ready(_, .down(_, let fault)), .ready(_, .recovering(_, let fault, _)): fault
        }
    }
}
