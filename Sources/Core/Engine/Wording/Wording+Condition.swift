package import Health
package import Model

// Sentences are made in this folder and nowhere else in the engine: from codes and arguments, in English.

extension Condition {
    /// A clause that follows "telkom is".
    package var sentence: Sentence {
        switch self {
        case .notAsked(let state, let error):
            Sentence("not-asked", ["health": state.rawValue, "error": error], "\(state.rawValue): probes can't be sent (\(error))")
        case .absent(let interface):
            Sentence("absent", ["interface": interface], "absent: there is no interface \(interface)")
        case .nothingFits(let match):
            Sentence("nothing-fits", ["match": match], "absent: no interface has \(match)")
        case .severalFit(let match, let names):
            Sentence(
                "several-fit", ["match": match, "interfaces": names.map(\.description).joined(separator: ",")],
                "absent: \(enumeration(names.map(\.description), "and")) fit\(match.map { " (\($0))" } ?? ""), and which one is meant nobody can tell"
            )
        case .taken(let interface, let other):
            Sentence(
                "interface-taken", ["interface": interface, "by": other],
                "absent: \(interface) belongs to \(other?.description ?? "the LAN")")
        case .unready(let interface):
            Sentence("interface-unready", ["interface": interface], "absent: udev hasn't finished with \(interface)")
        case .noCarrier(let interface):
            Sentence(
                "no-carrier", ["interface": interface],
                "without carrier: the cable of \(interface) is out, or the modem is off")
        case .setDown(let interface): Sentence("set-down", ["interface": interface], "without carrier: \(interface) is set down")
        case .noGateway(let interface):
            Sentence(
                "no-gateway", ["interface": interface],
                "without a gateway: \(interface) has no address; its DHCP client has no lease, or there is none")
        case .noRoute(let interface, let metric):
            Sentence(
                "no-route", ["interface": interface, "metric": metric],
                "without a gateway: \(interface) has an address, but nobody has made a default route by it. Of two WANs by dhclient only the first makes one: "
                    + "add `metric \(metric)` to its `iface \(interface)` in /etc/network/interfaces, or `gateway:` to the WAN")
        case .noGateway6(let interface):
            Sentence(
                "no-gateway-ipv6", ["interface": interface],
                "without a gateway: \(interface) has no address that is known beyond it, or no router advertises itself there")
        case .unknown: Sentence("unknown", "not heard of yet")
        case .up(let roundTrip?, let loss):
            Sentence(
                "up", ["round_trip_ms": milliseconds(roundTrip), "loss_percent": loss.map(percent)],
                "up: it answers in \(milliseconds(roundTrip)) ms" + (loss.map { ", \(percent($0)) % lost" } ?? ""))
        case .up(nil, _): Sentence("up", "up")
        case .suspect: Sentence("suspect", "suspect: a reply is late, all targets are being asked")
        case .impaired(nil, _, _, _, _): Sentence("impaired", "impaired")
        case .impaired(let fault?, let loss, let roundTrip, let evidence, let seconds):
            Sentence(
                "impaired",
                [
                    "fault": fault.rawValue, "loss_percent": loss.map(percent), "round_trip_ms": roundTrip.map(milliseconds),
                    "evidence": evidence, "seconds": seconds,
                ],
                "impaired: \(fault.rawValue)" + (loss.map { " (\(percent($0)) % lost)" } ?? "")
                    + (roundTrip.map { " (\(milliseconds($0)) ms)" } ?? "") + (evidence.map { " (\($0))" } ?? "")
                    + (seconds.map { "; it is better now, and good again after \($0) s more" } ?? ""))
        case .down(let fault):
            Sentence(
                "down", ["fault": fault?.rawValue],
                fault.map { "down: \($0.rawValue)" } ?? "down: its link is back, and nothing has answered yet")
        case .recovering(let seconds):
            Sentence("recovering", ["seconds": seconds], "recovering: it answers again, and is up after \(seconds) s more")
        }
    }
}

extension Condition {
    /// The same with its subject, and without its end: `telkom is down: upstream silent`.
    package func sentence(of wan: WANName) -> Sentence {
        let clause = sentence
        return Sentence(clause.code, clause.arguments.merging(["wan": wan.description]) { $1 }, "\(wan) is \(clause.text)")
    }
}

extension Condition: CustomStringConvertible { package var description: String { sentence.text } }

extension TargetRecord {
    /// A clause: what was wrong with the last answer, or why the last probe couldn't be sent.
    package var problem: Sentence? {
        wrong?.sentence ?? sendError.map { Sentence("not-sent", ["question": target, "error": $0], $0) }
    }
}

extension Unfit: CustomStringConvertible {
    package var description: String {
        if drill == .playedDown { return "\(wan) is down (drill)" }
        if lacksIPv6 { return "\(wan) has no IPv6" }
        let health =
            switch state {
            case nil, .unknown: "not heard of yet"
            case .noCarrier: "without carrier"
            case .noGateway: "without a gateway"
            // What it was down by is over.
            case .recovering: "recovering"
            case let state?: "\(state.rawValue)\(fault.map { " (\($0.rawValue))" } ?? "")"
            }
        return "\(wan) is \(health)\(drill == .struck ? " in a drill" : "")"
    }

    /// As an argument: also what is no fault of the WAN's, and yet why it isn't taken.
    fileprivate var faultText: String? { drill == .playedDown ? "drill" : lacksIPv6 ? "no IPv6" : fault?.rawValue }
}

extension Reason {
    /// A clause that follows "it carries the traffic, since", or "no WAN can be used:".
    package var sentence: Sentence {
        switch self {
        case .firstChoice: Sentence("first-choice", "it is the first choice")
        case .bestUsable(let passedOver): Sentence("best-usable", Self.arguments(passedOver), Self.list(passedOver))
        case .staying(let better, let seconds):
            Sentence(
                "min-stay", ["better": better, "seconds": seconds],
                "\(better) could have it again, but the last switch was a moment ago (min-stay: \(seconds) s more)")
        case .waiting(let current, let other, let seconds):
            Sentence(
                "waiting", Self.arguments(current).merging(["other": other, "seconds": seconds]) { $1 },
                "\(current?.description ?? "it is silent"), and \(other) has only just begun to answer again (it gets the traffic in \(seconds) s)"
            )
        case .noneBetter(let current):
            Sentence("none-better", Self.arguments(current), "\(current?.description ?? "it is bad"), and no other WAN is better")
        case .pinned: Sentence("pinned", "the operator chose it (`uplinkctl switch auto` gives the choice back)")
        case .onlyRecovering: Sentence("only-recovering", "no WAN is up, and this one at least answers again")
        case .onlyUnknown: Sentence("only-unknown", "no WAN has been heard of yet, and it is the first choice")
        case .onlyProven:
            Sentence("only-proven", "no WAN answers what it is asked, but a name and a page have come by this one")
        case .onlyUntried: Sentence("only-untried", "no WAN answers; this one never has, so what asks may be blocked there")
        case .noneUsable(let all): Sentence("none-usable", Self.arguments(all), Self.list(all))
        case .noneConfigured: Sentence("none-configured", "none is configured")
        case .nothingKnown: Sentence("nothing-known", "nothing is known yet")
        }
    }

    /// The lists have a place for each WAN, in the same order.
    private static func arguments(_ all: [Unfit]) -> [String: (any CustomStringConvertible)?] {
        [
            "wans": all.map(\.wan.description).joined(separator: ","),
            "healths": all.map { $0.state?.rawValue ?? "unknown" }.joined(separator: ","),
            "faults": all.map { $0.faultText ?? "" }.joined(separator: ","),
        ]
    }

    private static func list(_ all: [Unfit]) -> String { all.map(\.description).joined(separator: ", ") }

    private static func arguments(_ unfit: Unfit?) -> [String: (any CustomStringConvertible)?] {
        ["wan": unfit?.wan, "health": unfit?.state?.rawValue, "fault": unfit?.faultText]
    }
}

extension Reason: CustomStringConvertible { package var description: String { sentence.text } }

func milliseconds(_ duration: Duration) -> String {
    let tenths = Int((duration.inSeconds * 10_000).rounded())
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\((tenths + 5) / 10)"
}

func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))" }
