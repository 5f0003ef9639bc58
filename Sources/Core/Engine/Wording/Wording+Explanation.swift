import Health
package import Model

extension Explained {
    /// The whole of it: `telkom is up; it carries new sessions.`
    package var text: String { clauses.map(\.sentence.text).joined(separator: "; ") + "." }
}

extension Explained.Clause {
    package var sentence: Sentence {
        switch self {
        case .condition(let wan, let condition): condition.sentence(of: wan)
        case .carries: Sentence("carries", "it carries new sessions")
        case .standsBy(nil): Sentence("stands-by", "it stands by")
        case .standsBy(.ready(let seconds)):
            Sentence("stands-by-ready", ["proven_seconds": seconds], "it stands by, ready\(seconds.map(proven) ?? "")")
        case .standsBy(.unproven): Sentence("stands-by-unproven", "it stands by, and hasn't been proven yet")
        case .standsBy(.unready(let problem)):
            Sentence(
                "stands-by-unready", problem.sentence.asArgument("problem", problem.clause),
                "it stands by, but isn't ready: \(problem.clause)")
        case .sessionsMayStay(let seconds):
            Sentence("sessions-may-stay", ["seconds": seconds], "sessions that are on it may stay for \(seconds) s more")
        case .drill(let wan, let fault, let seconds):
            Sentence(
                "drill-playing", ["wan": wan, "fault": fault, "seconds": seconds],
                "a drill plays \(fault.clause(of: wan)), for \(seconds) s more")
        case .holdGrown(let hold, let usual):
            Sentence(
                "hold-grown", ["hold": hold.text, "usual": usual.text],
                "it has to be good for \(hold.text), not \(usual.text), because it has failed again within 10 minutes of its return")
        case .chosen: Sentence("chosen", "the operator chose it, and gets it when it can be used")
        case .mute(let targets):
            Sentence(
                "mute", ["targets": targets.joined(separator: ",")],
                "\(targets.joined(separator: " and ")) never answers, and isn't counted")
        case .ceased(let targets):
            Sentence(
                "ceased", ["targets": targets.joined(separator: ",")],
                "\(targets.joined(separator: " and ")) has ceased to answer by every WAN, and isn't counted")
        case .ipv6(let condition, let carries):
            Sentence(
                "ipv6", condition.sentence.asArgument("condition").merging(["carries": carries]) { $1 },
                "its IPv6 is \(condition)\(carries ? ", and carries new sessions" : "")")
        case .ipv6Unjudged:
            Sentence("ipv6-unjudged", "its IPv6 isn't looked at by itself, since 'targets' has no IPv6 address")
        case .largeLost(let family, let found, let clamp):
            Sentence(
                "large-lost", ["family": family.rawValue, "size": found.size, "mtu": found.whole, "mss": clamp],
                "packets of IP\(family.rawValue) of more than \(found.size) bytes are lost by it without a word"
                    + (clamp.fits(found.size, family) ? ", and TCP keeps to what passes" : ", and TCP stalls (`mss: \(clamp)`)"))
        case .supposed(let wan, let state, let detection):
            Sentence(
                "supposed", ["wan": wan, "state": state.rawValue, "detection": detection?.code],
                "\(wan) would be \(state.rawValue)\(detection?.clause ?? "")")
        case .routesUntold(let interface):
            Sentence(
                "routes-untold", ["interface": interface], "what its routes would be can't be told while there is no \(interface)")
        case .wouldCarry(already: true): Sentence("would-go-on", "it would go on carrying new sessions")
        case .wouldCarry(already: false): Sentence("would-carry", "it would carry new sessions")
        case .standby(.ready(let seconds)):
            Sentence("standby-ready", ["proven_seconds": seconds], "it is ready\(seconds.map(proven) ?? "")")
        case .standby(.unproven): Self.unready(.unproven)
        case .standby(.unready(let problem)): Self.unready(problem)
        case .sessionsWait: Sentence("sessions-wait", "its sessions would stand still until a WAN works")
        case .sessionsBeginAnew(let wan):
            Sentence("sessions-begin-anew", ["wan": wan], "its sessions would begin anew by \(wan)")
        case .sessionsStay(let limit):
            Sentence(
                "sessions-stay", ["limit": limit?.text],
                "the sessions that are on it would stay" + (limit.map { " for \($0.text) at most" } ?? ""))
        }
    }

    private static func unready(_ problem: Unreadiness) -> Sentence {
        Sentence(
            "standby-unready", problem.sentence.asArgument("problem", problem.clause), "it isn't ready: \(problem.clause)")
    }
}

/// `, proven 4 min ago`
private func proven(_ seconds: Int) -> String { ", proven \(seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min") ago" }

extension Explained.Detection {
    fileprivate var code: String {
        switch self {
        case .atOnce: "at-once"
        case .byWindow: "half-a-minute"
        case .within(let duration): Self.text(duration)
        }
    }

    fileprivate var clause: String {
        switch self {
        case .atOnce: ", which the kernel tells of at once"
        case .byWindow: ", as soon as the probes of half a minute say so"
        case .within(let duration): ", which would be found out within \(Self.text(duration))"
        }
    }

    private static func text(_ duration: Duration) -> String {
        let tenths = Int((duration.inSeconds * 10).rounded(.up))
        return "\(tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\((tenths + 9) / 10)") s"
    }
}

extension Answer {
    package var sentence: Sentence {
        switch self {
        case .undecided: Sentence("undecided", "Nothing is decided yet: the kernel hasn't been read.")
        case .none(let reason): Sentence("no-wan", Self.arguments(reason), "No WAN can be used: \(reason).")
        case .carries(let wan, let reason): Sentence("goes-by", Self.arguments(reason, ["wan": wan]), "Traffic goes by \(wan): \(reason).")
        case .nobody(let reason):
            Sentence(
                "would-have-none", Self.arguments(reason),
                "Nobody would have Internet: \(reason). The routes would stay, so that the first choice is tried all the same.")
        case .begins(let wan, let reason):
            Sentence("would-go-by", Self.arguments(reason, ["wan": wan]), "Traffic would go by \(wan): \(reason).")
        case .stays(let wan, let reason):
            Sentence("would-stay", Self.arguments(reason, ["wan": wan]), "Traffic would stay on \(wan): \(reason).")
        case .moves(let from, let to, let reason):
            Sentence(
                "would-move", Self.arguments(reason, ["from": from, "to": to]), "Traffic would move from \(from) to \(to): \(reason).")
        }
    }

    private static func arguments(
        _ reason: Reason, _ others: [String: (any CustomStringConvertible)?] = [:]
    ) -> [String: (any CustomStringConvertible)?] {
        reason.sentence.asArgument("reason").merging(others) { $1 }
    }
}
