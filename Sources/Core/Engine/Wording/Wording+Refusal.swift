import Health
package import Model

extension DrillRefusal {
    package var sentence: Sentence {
        switch self {
        case .nothingRead: Sentence("nothing-read", "The kernel hasn't been read yet: try again in a moment.")
        case .onlyWAN(let wan):
            Sentence(
                "only-wan", ["wan": wan], "\(wan) is the only WAN, so a drill would only cut the office off: configure another one first.")
        case .underWay(let wan):
            Sentence(
                "drill-under-way", ["wan": wan],
                "A drill of \(wan) is under way: Ctrl-C where it was begun ends it, and so does --force with this one.")
        case .notSelected(let wan, let selected):
            Sentence(
                "not-selected", ["wan": wan, "selected": selected],
                "\(wan) doesn't carry new sessions, \(selected) does, so a drill of it would show no failover. --force plays it all the same."
            )
        case .noneReady(let others):
            Sentence(
                "none-ready",
                [
                    "wans": others.map(\.wan.description).joined(separator: ","),
                    "problems": others.map(\.why.sentence.code).joined(separator: ","),
                ],
                "No other WAN is ready: \(others.map(\.clause).joined(separator: ", ")). --force plays it all the same, and cuts the office off for that time."
            )
        case .noNAT: Sentence("no-nat", "NAT isn't in order, so clients couldn't be backed up: 'uplinkctl status' says why.")
        case .noDNSTarget(let wan):
            Sentence(
                "no-dns-target", ["wan": wan],
                "\(wan) has no target of kind dns, so uplinkd wouldn't notice that DNS is dead: add one to its probes. --force plays it all the same."
            )
        case .lossAllowed(let wan, let leave, let percent):
            Sentence(
                "loss-allowed", ["wan": wan, "percent": percent, "leave": leave.map(shareText)],
                "\(wan) \(leave.map { "leaves it only above \(shareText($0)) of loss" } ?? "has no threshold for its loss"), so a loss of \(percent)% would move nobody: see `thresholds`. --force plays it all the same."
            )
        case .reportsPending:
            Sentence("reports-pending", "The reports of a drill that is over are still being made: try again in a minute.")
        case .unknownFault(let text):
            Sentence(
                "unknown-fault", ["given": text],
                "There is no fault '\(text)': write 'down', 'silent', 'lossy=30' (percent, 1 to 99) or 'dns'.")
        case .wrongDuration(let duration):
            Sentence(
                "wrong-duration",
                [
                    "given": duration.text, "from": DrillOrder.durations.lowerBound.text, "to": DrillOrder.durations.upperBound.text,
                ],
                "A drill lasts from \(DrillOrder.durations.lowerBound.text) to \(DrillOrder.durations.upperBound.text), not \(duration.text)."
            )
        }
    }
}

extension DrillRefusal.Unready {
    fileprivate var clause: String {
        if case .condition(let condition) = why { return condition.sentence(of: wan).text }
        return "\(wan) answers, but: \(why.clause)"
    }
}

extension WhatIfRefusal {
    package var sentence: Sentence {
        switch self {
        case .nothingRead: Sentence("nothing-read", "Nothing is decided yet: the kernel hasn't been read.")
        case .neverFound(let wan, let state):
            Sentence(
                "never-found", ["wan": wan, "state": state.rawValue],
                "\(wan) is never found to be \(state.rawValue): \(Self.missing(state)).")
        case .malformed(let text, let example):
            Sentence(
                "no-supposition", ["given": text],
                "'\(text)' is no supposition: write WAN=STATE, such as '\(example?.description ?? "WAN")=down'.")
        case .unknownState(let text):
            Sentence(
                "unknown-state", ["given": text, "known": Self.states.joined(separator: ",")],
                "A WAN can't be supposed to be '\(text)'. It can be \(Self.states.joined(separator: ", ")).")
        case .twice(let wan): Sentence("supposed-twice", ["wan": wan], "\(wan) is supposed to be two things at once.")
        }
    }

    private static var states: [String] { Supposed.allCases.map(\.rawValue) }

    private static func missing(_ supposed: Supposed) -> String {
        switch supposed {
        case .lossy: "there is no limit to its loss (probe.thresholds.loss)"
        case .slow: "there is no limit to its round trips (probe.thresholds)"
        case .noDNS: "it has no target of kind dns beside others"
        case .portal: "it has no target of kind http beside others"
        case .up, .down, .noCarrier, .noGateway, .absent: "nothing is asked"
        }
    }
}

extension ProbeRefusal {
    package var sentence: Sentence {
        switch self {
        case .wrongTimeout(let seconds):
            Sentence("wrong-timeout", ["given": seconds], "'timeout_seconds' has to be from 0.1 to 60, not \(seconds)")
        case .noTarget(let wan, let kind):
            Sentence("no-target", ["wan": wan, "kind": kind], "\(wan) has no target of kind '\(kind)': say whom to ask")
        case .unknownProgram(let wan, let known):
            Sentence(
                "unknown-program", ["wan": wan, "known": known.joined(separator: ",")],
                "programs are run only as they are configured: "
                    + (known.isEmpty ? "\(wan) has none" : "\(wan) has \(known.map { "'\($0)'" }.joined(separator: ", "))"))
        case .malformed(let problem): Sentence("malformed-target", ["problem": problem], problem)
        }
    }
}

extension SwitchRefusal {
    package var sentence: Sentence { condition.sentence(of: wan) }
}
