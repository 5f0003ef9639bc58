package import Health
package import Model
import Selection

/// What can be said of one WAN at a moment. Its wording is a clause that follows "telkom is".
package enum Condition: Equatable, Sendable {
    /// Probes can't be sent: an error of the box.
    case notAsked(HealthState, error: String)
    case absent(InterfaceName)
    case nothingFits(InterfaceMatch)
    case severalFit(InterfaceMatch?, [InterfaceName])
    /// nil: by the LAN.
    case taken(InterfaceName, by: WANName?)
    /// udev hasn't finished with it.
    case unready(InterfaceName)
    case noCarrier(InterfaceName)
    case setDown(InterfaceName)
    case noGateway(InterfaceName)
    /// It has an address. - Parameter metric: one that no other WAN's DHCP client would have.
    case noRoute(InterfaceName, metric: Int)
    /// No router advertises itself there.
    case noGateway6(InterfaceName)
    case unknown
    case up(roundTrip: Duration?, loss: Double?)
    case suspect
    /// What shows the fault is one of `loss`, `roundTrip` and `evidence`. `seconds`: it is better now, and good again then.
    case impaired(Fault?, loss: Double? = nil, roundTrip: Duration? = nil, evidence: String? = nil, seconds: Int? = nil)
    case down(Fault?)
    case recovering(seconds: Int)
}

/// Why a WAN is passed over.
package struct Unfit: Equatable, Sendable {
    package var wan: WANName
    /// nil: it isn't configured.
    package var state: HealthState?
    package var fault: Fault?
    package var drill: Part?
    /// It has no way out by IPv6.
    package var lacksIPv6 = false

    package enum Part: Equatable, Sendable {
        /// A drill plays that it is down.
        case playedDown
        /// A drill plays a fault on it, and this is what came of that.
        case struck
    }
}

/// Why a WAN is selected, or none is: `Selection.Reason` with all that was so at that moment.
package enum Reason: Equatable, Sendable {
    case firstChoice
    case bestUsable(passedOver: [Unfit])
    case pinned
    case staying(better: WANName, seconds: Int)
    case waiting(Unfit?, other: WANName, seconds: Int)
    case noneBetter(Unfit?)
    case onlyRecovering
    case onlyUnknown
    case onlyProven
    case onlyUntried
    case noneUsable([Unfit])
    case noneConfigured
    case nothingKnown
}

extension Engine {
    /// Why it is as it is.
    package func reason(_ family: IPFamily = .v4, at now: Instant) -> Reason {
        let selection = selection(family)
        func unfit(_ wan: WANName) -> Unfit { self.unfit(wan, family) }
        return switch selection.reason {
        case .firstChoice: .firstChoice
        case .bestUsable(let passedOver): .bestUsable(passedOver: passedOver.map(unfit))
        case .staying(let better, let until): .staying(better: better, seconds: seconds(until: until, at: now))
        case .waiting(let other, let until):
            .waiting(selection.wan.map(unfit), other: other, seconds: seconds(until: until, at: now))
        case .noneBetter: .noneBetter(selection.wan.map(unfit))
        case .pinned: .pinned
        case .onlyRecovering: .onlyRecovering
        case .onlyUnknown: .onlyUnknown
        case .onlyProven: .onlyProven
        case .onlyUntried: .onlyUntried
        case .noneUsable: healths.isEmpty ? .noneConfigured : .noneUsable(healths.map { unfit($0.wan.name) })
        case .nothingKnown: .nothingKnown
        }
    }

    private func unfit(_ wan: WANName, _ family: IPFamily) -> Unfit {
        guard let health = judgement.health(family, of: wan) else { return Unfit(wan: wan) }
        if family == .v6, !judgement.hasIPv6(wan) { return Unfit(wan: wan, state: .noGateway, lacksIPv6: true) }
        if isPlayedDown(wan) { return Unfit(wan: wan, state: .down, drill: .playedDown) }
        // "no-carrier (no carrier)" would say it twice.
        let fault = [.down, .recovering, .impaired].contains(health.state) ? health.fault : nil
        return Unfit(
            wan: wan, state: health.state, fault: fault, drill: drill?.isPlaying == true && drill?.order.wan == wan ? .struck : nil)
    }

    package func condition(of health: WANHealth, at now: Instant) -> Condition {
        let interface = health.wan.interface
        if let error = health.targets.lazy.compactMap(\.sendError).first, health.state == .unknown || health.state == .suspect {
            return .notAsked(health.state, error: error)
        }
        switch health.state {
        case .absent: return absence(of: health.wan)
        case .noCarrier: return snapshot?.interface(interface)?.isUp ?? false ? .noCarrier(interface) : .setDown(interface)
        case .noGateway where health.fault == .noRoute: return .noRoute(interface, metric: 100 + Int(health.wan.metric))
        case .noGateway: return health.family == .v6 ? .noGateway6(interface) : .noGateway(interface)
        case .unknown: return .unknown
        case .up: return .up(roundTrip: health.quality.mean ?? health.smoothedRoundTrip, loss: health.quality.loss)
        case .suspect: return .suspect
        case .impaired:
            let left = health.upAt.map { seconds(until: $0, at: now) }
            return switch health.fault {
            case nil: .impaired(nil)
            case .lossy: .impaired(.lossy, loss: health.quality.loss, seconds: left)
            case .slow: .impaired(.slow, roundTrip: health.quality.mean, seconds: left)
            case let fault?: .impaired(fault, evidence: health.evidence(for: fault), seconds: left)
            }
        case .down: return .down(health.fault)
        case .recovering: return .recovering(seconds: health.upAt.map { seconds(until: $0, at: now) } ?? 0)
        }
    }

    func seconds(until moment: Instant, at now: Instant) -> Int { max(0, Int((moment - now).inSeconds.rounded(.up))) }
}
