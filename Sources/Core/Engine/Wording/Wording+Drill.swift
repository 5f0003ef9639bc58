package import Model

extension DrillStep {
    /// As the callers of drills know it: the detail `step`.
    package var name: String {
        switch what {
        case .begun: "begun"
        case .ended: "ended"
        case .set: "set"
        case .noticed: "noticed"
        case .failover: "failover"
        case .failback: "failback"
        case .over: "over"
        }
    }

    package var milliseconds: Int64 { after.nanoseconds / 1_000_000 }

    package var sentence: Sentence {
        var arguments: [String: (any CustomStringConvertible)?] = ["step": name, "after_ms": milliseconds, "wan": wan]
        switch what {
        case .begun(let fault, let duration):
            arguments["fault"] = fault
            arguments["for"] = duration.text
            return Sentence("drill-begun", arguments, "A drill begins: for \(duration.text) this box plays \(fault.clause(of: wan)).")
        case .ended(let end, let isPlaying):
            arguments.merge(end.sentence.asArgument("end")) { $1 }
            arguments["end"] = end.sentence.code
            arguments["end_code"] = nil
            return Sentence("drill-ended", arguments, isPlaying ? "The fault is taken back: \(end)." : "The drill ends: \(end).")
        case .set(let fault, let interface): return Sentence("drill-set", arguments, fault.effect(on: wan, interface))
        case .noticed(let condition):
            arguments.merge(condition.sentence.asArgument("condition")) { $1 }
            arguments["condition"] = condition.sentence.code
            arguments["condition_code"] = nil
            return Sentence("drill-noticed", arguments, "uplinkd has noticed: \(wan) is \(condition).")
        case .failover(let to, let after):
            arguments["to"] = to
            return Sentence("drill-failover", arguments, "Failover to \(to) after \(Self.text(after)).")
        case .failback(let from, let after):
            arguments["to"] = wan
            return Sentence(
                "drill-failback", arguments, "Failback from \(from) to \(wan) \(Self.text(after)) after the fault was over.")
        case .over(let outcome, let failover, let failback):
            arguments["outcome"] = outcome.rawValue
            arguments["failover_ms"] = failover.map { $0.nanoseconds / 1_000_000 }
            arguments["failback_ms"] = failback.map { $0.nanoseconds / 1_000_000 }
            return Sentence("drill-over", arguments, Self.text(outcome, of: wan, hadFailover: failover != nil))
        }
    }

    private static func text(_ outcome: DrillOutcome, of wan: WANName, hadFailover: Bool) -> String {
        switch outcome {
        case .passed, .notBackedUp: "The drill of \(wan) is over: failover and failback."
        case .noFailover: "The drill of \(wan) is over: there was no failover."
        case .noFailback:
            "The drill of \(wan) is over: failover, and no failback within \(Drill.longestReturn.text); 'uplinkctl explain' may say why."
        case .stopped: "The drill of \(wan) was ended before its time" + (hadFailover ? ", after its failover." : ".")
        }
    }

    private static func text(_ duration: Duration) -> String {
        let hundredths = Int((duration.inSeconds * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
    }
}

extension DrillEnd {
    /// A clause.
    package var sentence: Sentence {
        switch self {
        case .timeIsOver: Sentence("time-over", "its time is over")
        case .noBackup: Sentence("no-backup", "no other WAN can be used any more")
        case .operatorChose: Sentence("operator-chose", "the operator has made a choice")
        case .configurationChanged(let wan): Sentence("wan-changed", ["wan": wan], "the configuration of \(wan) has changed")
        case .rulesRefused(let error):
            Sentence(
                "rules-refused", ["error": error],
                "its rules can't be set (a kernel without xt_time, or nftables' `meta time`, can't end them by itself): \(error)")
        case .stopped(.callerLeft): Sentence("caller-left", "whoever began it has gone")
        case .stopped(.replaced): Sentence("replaced", "another drill was forced")
        case .stopped(.stopping): Sentence("stopping", "uplinkd stops")
        }
    }
}

extension DrillEnd: CustomStringConvertible { package var description: String { sentence.text } }

extension DrillWatch.Verdict {
    package var sentence: Sentence {
        switch self {
        case .clientsLost: Sentence("clients-lost", "Not all clients were backed up.")
        case .reportsMissing: Sentence("reports-missing", "Its reports aren't finished.")
        case .clientsBackedUp: Sentence("clients-backed-up", "Every client that had to move was backed up.")
        case .nobodyToMove: Sentence("nobody-to-move", "No client had anything to be moved.")
        }
    }
}

extension DrillNow {
    package var sentence: Sentence {
        switch self {
        case .playing(let wan, let fault, let seconds):
            Sentence(
                "drill-playing", ["wan": wan, "fault": fault, "seconds": seconds],
                "A drill plays \(fault.clause(of: wan)), for \(seconds) s more.")
        case .returning(let wan): Sentence("drill-returning", ["wan": wan], "A drill is over, and \(wan) has yet to be selected again.")
        }
    }
}

extension DrillFault {
    /// What follows "a drill plays".
    func clause(of wan: WANName) -> String {
        switch self {
        case .down: "that \(wan) is down"
        case .silent: "that \(wan) is silent"
        case .lossy(let percent): "that \(wan) loses \(percent) % of what it sends"
        case .dns: "that DNS by \(wan) is dead"
        }
    }

    fileprivate func effect(on wan: WANName, _ interface: InterfaceName) -> String {
        switch self {
        case .down: "\(wan) counts as down; it is probed as usual."
        case .silent: "Nothing leaves by \(interface) any more."
        case .lossy(let percent): "\(percent) % of what leaves by \(interface) is dropped."
        case .dns: "No question to a resolver leaves by \(interface) any more."
        }
    }
}
