import Model

/// The checks that need more than one key. A key that is wrong by itself takes no part: it has been reported.
extension FileDraft {
    func check(_ problems: inout Problems) {
        checkWANs(&problems)
        checkProbing(&problems)
        checkTargets(&problems)
        checkFastPath(&problems)
        checkLAN(&problems)
    }

    private func checkFastPath(_ problems: inout Problems) {
        guard case .given(.on, let mark) = fastPath, firewall.value(default: Self.defaults.firewall) == .iptables else { return }
        problems.error(
            "'fastpath: on' needs nftables: iptables has no flowtable", at: mark, hint: "set 'firewall: nftables', or 'fastpath: off'")
    }

    private func checkWANs(_ problems: inout Problems) {
        if wans.count == 1, let only = wans.first {
            problems.warning(
                "\(quoted(only.name.value)) is the only WAN: there is nothing to fail over to", at: only.name.mark,
                hint: "add another to 'wans'")
        }
        if let mask = markMask.value(default: .standard), wans.count > min(mask.capacity, Slots.most) {
            let most = min(mask.capacity, Slots.most)
            problems.error(
                "more than \(most) \(most == 1 ? "WAN" : "WANs")", at: wans[most].name.mark,
                hint: mask.capacity > Slots.most
                    ? nil : "packet marks have room for no more: give 'mark-mask' more bits, such as 0x0ff00000")
        }
        var byInterface: [InterfaceName: WANDraft] = [:]
        var byMetric: [UInt32: WANDraft] = [:]
        let lan = Dictionary((self.lan.interfaces.readable ?? []).map { ($0.value, $0.mark) }) { first, _ in first }
        for wan in wans {
            wan.checkInterface(&problems)
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

    private func checkTargets(_ problems: inout Problems) {
        var told: [Mark] = []
        for wan in wans {
            guard case .given(.some(let gateway), _) = wan.gateway else { continue }
            for target in wan.probe.over(probe).targets.readable ?? []
            where target.value.question == .echo(.address(.v4(gateway))) && !told.contains(target.mark) {
                told.append(target.mark)
                problems.warning(
                    "\(gateway) is the gateway of WAN \(quoted(wan.name.value)): its answer says nothing about the Internet",
                    at: target.mark,
                    hint: "use 'gateway', which stands for each WAN's own")
            }
        }
    }
}
