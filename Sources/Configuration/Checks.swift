import Model

/// The checks that need more than one key. A key that is wrong by itself takes no part: it has been reported.
extension FileDraft {
    func check(_ problems: inout Problems) {
        checkWANs(&problems)
        checkQuorum(&problems)
        checkIntervals(&problems)
        checkTargets(&problems)
    }

    private func checkWANs(_ problems: inout Problems) {
        if wans.count == 1, let only = wans.first {
            problems.warning(
                "\(quoted(only.name.value)) is the only WAN: there is nothing to fail over to", at: only.name.mark,
                hint: "add another to 'wans'")
        }
        var byInterface: [InterfaceName: WANDraft] = [:]
        var byMetric: [UInt32: WANDraft] = [:]
        let lan = Dictionary((self.lan.interfaces.readable ?? []).map { ($0.value, $0.mark) }) { first, _ in first }
        for wan in wans {
            if case .given(let interface, let mark) = wan.interface {
                if let other = byInterface[interface] {
                    problems.error(
                        "'\(interface)' is already the interface of WAN \(quoted(other.name.value))", at: mark,
                        hint: "each WAN has an interface of its own; the other one is on line \(other.name.mark.line + 1)")
                } else if let place = lan[interface] {
                    problems.error(
                        "'\(interface)' is an interface of the LAN", at: mark,
                        hint: "take it out of 'lan.interfaces' on line \(place.line + 1), or give the WAN another")
                }
                byInterface[interface] = byInterface[interface] ?? wan
            }
            if case .given(let metric, let mark) = wan.metric {
                if let other = byMetric[metric] {
                    problems.error(
                        "\(metric) is already the metric of WAN \(quoted(other.name.value))", at: mark,
                        hint: "each WAN has a metric of its own, the lowest is the first choice; the other one is on line "
                            + "\(other.name.mark.line + 1)")
                }
                byMetric[metric] = byMetric[metric] ?? wan
            }
        }
    }

    private func checkQuorum(_ problems: inout Problems) {
        guard case .given(let quorum, let mark) = probe.quorum, let targets = probe.targetValues else { return }
        let beyond = targets.count { $0 != .gateway }
        if beyond == 0, quorum > 1 {
            problems.error(
                "'quorum' has to be 1 when 'gateway' is the only target, not \(quorum)", at: mark, hint: "add targets beyond the gateway")
        } else if beyond > 0, quorum > beyond {
            problems.error(
                "'quorum' is \(quorum), but there \(beyond == 1 ? "is 1 target" : "are \(beyond) targets") beyond the gateway", at: mark,
                hint: "no WAN would ever be up: lower it to \(beyond) or less, or add targets")
        }
    }

    private func checkIntervals(_ problems: inout Problems) {
        let defaults = ProbeSettings()
        guard let interval = probe.interval.value(default: defaults.interval),
            let metered = probe.meteredInterval.value(default: defaults.meteredInterval), metered < interval
        else { return }
        // A default can't be the mistake: what is pointed at is what was written.
        if let mark = probe.meteredInterval.mark {
            problems.error(
                "'metered-interval' is \(metered.text), shorter than 'interval' (\(interval.text))", at: mark,
                hint: "a metered WAN is to be probed less often than others, not more")
        } else {
            problems.error(
                "'interval' is \(interval.text), longer than 'metered-interval' (\(metered.text) by default)", at: probe.interval.mark,
                hint: "write 'metered-interval: \(interval.text)' or more as well")
        }
    }

    private func checkTargets(_ problems: inout Problems) {
        for target in probe.targets.readable ?? [] {
            guard case .echo(.address(.v4(let address))) = target.value.question else { continue }
            for wan in wans {
                guard case .given(.some(address), _) = wan.gateway else { continue }
                problems.warning(
                    "\(address) is the gateway of WAN \(quoted(wan.name.value)): its answer says nothing about the Internet",
                    at: target.mark,
                    hint: "use 'gateway', which stands for each WAN's own")
                break
            }
        }
    }
}
