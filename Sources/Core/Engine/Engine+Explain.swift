package import Health
package import Model
import Selection

/// The engine in words: for `uplinkctl explain`, and for the one-line reasons in the status and in the events.
extension Engine {
    /// Which WAN carries the traffic, and why: one sentence.
    package func summary(at now: Instant) -> String {
        guard snapshot != nil else { return "Nothing is decided yet: the kernel hasn't been read." }
        guard let wan = selection.wan else { return "No WAN can be used: \(selectionReason(at: now))." }
        return "Traffic goes by \(wan): \(selectionReason(at: now))."
    }

    package func selectionReason(at now: Instant) -> String {
        switch selection.reason {
        case .firstChoice: "it is the first choice"
        case .bestUsable(let passedOver): passedOver.map { unusableReason($0) }.joined(separator: ", ")
        case .staying(let better, let until):
            "\(better) could have it again, but the last switch was a moment ago (min-stay: \(seconds(until: until, at: now)) s more)"
        case .waiting(let other, let until):
            "\(selection.wan.map { unusableReason($0) } ?? "it is silent"), and \(other) has only just begun to answer again (it gets the traffic in "
                + "\(seconds(until: until, at: now)) s)"
        case .noneBetter: "\(selection.wan.map { unusableReason($0) } ?? "it is bad"), and no other WAN is better"
        case .pinned: "the operator chose it (`uplinkctl switch auto` gives the choice back)"
        case .onlyRecovering: "no WAN is up, and this one at least answers again"
        case .onlyUnknown: "no WAN has been heard of yet, and it is the first choice"
        case .noneUsable: healths.isEmpty ? "none is configured" : healths.map { unusableReason($0.wan.name) }.joined(separator: ", ")
        case .nothingKnown: "nothing is known yet"
        }
    }

    private func unusableReason(_ wan: WANName) -> String {
        guard let health = healths.first(where: { $0.wan.name == wan }) else { return "\(wan) is unknown" }
        if isPlayedDown(wan) { return "\(wan) is down (drill)" }
        // "no-carrier (no carrier)" would say it twice.
        let fault = [.down, .recovering, .impaired].contains(health.state) ? health.fault.map { " (\($0.rawValue))" } ?? "" : ""
        return "\(wan) is \(health.state.rawValue)\(fault)\(drill?.isPlaying == true && drill?.order.wan == wan ? " in a drill" : "")"
    }

    /// One clause about one WAN, that follows "telkom is".
    package func condition(of health: WANHealth, at now: Instant) -> String {
        let interface = health.wan.interface
        if let error = health.targets.lazy.compactMap(\.sendError).first, health.state == .unknown || health.state == .suspect {
            return "\(health.state.rawValue): probes can't be sent (\(error))"
        }
        switch health.state {
        case .absent: return "absent: there is no interface \(interface)"
        case .noCarrier:
            let isUp = snapshot?.interface(interface)?.isUp ?? false
            return isUp
                ? "without carrier: the cable of \(interface) is out, or the modem is off" : "without carrier: \(interface) is set down"
        case .noGateway:
            return "without a gateway: \(interface) has no address, or no DHCP client has made a default route by it and none is configured"
        case .unknown: return "not heard of yet"
        case .up:
            guard let time = health.quality.mean ?? health.smoothedRoundTrip else { return "up" }
            return "up: it answers in \(milliseconds(time)) ms" + (health.quality.loss.map { ", \(percent($0)) % lost" } ?? "")
        case .suspect: return "suspect: a reply is late, all targets are being asked"
        case .impaired: return impairedCondition(of: health, at: now)
        case .down: return health.fault.map { "down: \($0.rawValue)" } ?? "down: it is back, and hasn't answered yet"
        case .recovering:
            let left = health.upAt.map { seconds(until: $0, at: now) } ?? 0
            return "recovering: it answers again, and is up after \(left) s more"
        }
    }

    private func impairedCondition(of health: WANHealth, at now: Instant) -> String {
        guard let fault = health.fault else { return "impaired" }
        var clause = "impaired: \(fault.rawValue)"
        switch fault {
        case .lossy: clause += health.quality.loss.map { " (\(percent($0)) % lost)" } ?? ""
        case .slow: clause += health.quality.mean.map { " (\(milliseconds($0)) ms)" } ?? ""
        default: clause += health.evidence(for: fault).map { " (\($0))" } ?? ""
        }
        if let upAt = health.upAt { clause += "; it is better now, and good again after \(seconds(until: upAt, at: now)) s more" }
        return clause
    }

    func seconds(until moment: Instant, at now: Instant) -> Int { max(0, Int((moment - now).inSeconds.rounded(.up))) }

    /// For each WAN, in the order of the metrics, what is so and what follows from it.
    package func explanation(at now: Instant) -> [(wan: WANName, sentence: String)] {
        healths.map { health in
            var sentence = "\(health.wan.name) is \(condition(of: health, at: now))"
            if health.wan.name == selection.wan {
                sentence += "; it carries new sessions"
            } else if isUsable(health) {
                sentence += "; it stands by\(readinessClause(of: health.wan.name, at: now))"
                if let end = drainEnd(of: health.wan.name) {
                    sentence += ", and sessions that are on it may stay for \(seconds(until: end, at: now)) s more"
                }
            }
            if let drill, drill.isPlaying, drill.order.wan == health.wan.name {
                sentence +=
                    "; a drill plays \(name(of: drill.order.fault, of: health.wan.name)), for \(seconds(until: drill.ends, at: now)) s more"
            }
            if pin == health.wan.name, health.wan.name != selection.wan {
                sentence += "; the operator chose it, and gets it when it can be used"
            }
            let mute = health.targets.filter { $0.isMute && health.state.isUsable }.map(\.target.description)
            if !mute.isEmpty { sentence += "; \(mute.joined(separator: " and ")) never answers, and isn't counted" }
            return (health.wan.name, sentence + ".")
        }
    }

    private func milliseconds(_ duration: Duration) -> String {
        let tenths = Int((duration.inSeconds * 10_000).rounded())
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\((tenths + 5) / 10)"
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))" }
}

/// A WAN that the operator may not have now, and why.
package struct SwitchRefusal: Error, Equatable, Sendable {
    package var wan: WANName
    package var health: HealthState
    package var reason: String
}

extension Engine {
    /// Whether the operator may have this WAN: `force` takes even one that can't be used (it gets the traffic once it can).
    package func permit(switchTo name: WANName?, force: Bool, at now: Instant) throws(SwitchRefusal) {
        guard let name, !force, let health = healths.first(where: { $0.wan.name == name }), !health.state.isUsable else { return }
        throw SwitchRefusal(wan: name, health: health.state, reason: "\(name) is \(condition(of: health, at: now))")
    }
}
