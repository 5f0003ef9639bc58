package import Model

extension Settings {
    /// What differs, a sentence each, with the keys of the file.
    package func changes(to new: Settings) -> [String] {
        var changes = Changes()
        changes.note("lan.interfaces", lanGiven, new.lanGiven, listText)
        changes.note("lan.leases", leases, new.leases) { $0 ?? "auto" }
        changes.note("lan", lanService, new.lanService) { $0.map { "\($0.address) on \($0.interface)" } ?? "served by somebody else" }
        for wan in wans where new[wan.name] == nil { changes.sentences.append("wans.\(wan.name) is gone") }
        for wan in new.wans {
            guard let old = self[wan.name] else {
                changes.sentences.append("wans.\(wan.name) is new: \(wan.meaning), metric \(wan.metric)")
                continue
            }
            let key = "wans.\(wan.name)"
            if !old.isMeant(as: wan) { changes.note("\(key).interface", old.meaning, wan.meaning, \.description) }
            changes.note("\(key).metric", old.metric, wan.metric, \.description)
            changes.note("\(key).gateway", old.gateway, wan.gateway) { $0?.description ?? "auto" }
            changes.note("\(key).metered", old.isMetered, wan.isMetered, \.description)
            changes.note("\(key).ipv6", old.ipv6, wan.ipv6, \.rawValue)
            changes.note("\(key).drain", old.drain.limit, wan.drain.limit, drainText)
            changes.note("\(key).drain-classes", old.drain.classes, wan.drain.classes, listText)
            changes.note("\(key).mss", old.mss, wan.mss, \.description)
            changes.note("\(key).probe", old.probe, wan.probe)
            changes.note("\(key).readiness", old.probe.readiness, wan.probe.readiness, \.text)
        }
        changes.note("min-stay", minimumStay, new.minimumStay, \.text)
        changes.note("firewall", firewall, new.firewall, \.rawValue)
        changes.note("iptables", iptables, new.iptables, \.rawValue)
        changes.note("mark-mask", markMask, new.markMask, \.description)
        changes.note("reports", reports, new.reports, \.rawValue)
        changes.note("tell-clients", tellsClients, new.tellsClients, \.rawValue)
        changes.note("fastpath", fastPath, new.fastPath, \.rawValue)
        changes.note("language", language, new.language, \.rawValue)
        return changes.sentences
    }
}

private struct Changes {
    var sentences: [String] = []

    mutating func note<T: Equatable>(_ key: String, _ old: T, _ new: T, _ text: (T) -> String) {
        guard old != new else { return }
        let (before, after) = (text(old), text(new))
        // What a target expects, say, isn't in its name.
        sentences.append(before == after ? "\(key): \(after), with other settings" : "\(key): \(before) is now \(after)")
    }

    mutating func note(_ key: String, _ old: ProbeSettings, _ new: ProbeSettings) {
        note("\(key).targets", old.targets, new.targets, listText)
        note("\(key).interval", old.interval, new.interval, \.text)
        note("\(key).metered-interval", old.meteredInterval, new.meteredInterval, \.text)
        note("\(key).timeout", old.timeout, new.timeout, \.text)
        note("\(key).min-rto", old.minimumRTO, new.minimumRTO, \.text)
        note("\(key).burst-interval", old.burstInterval, new.burstInterval, \.text)
        note("\(key).quorum", old.quorum, new.quorum, \.description)
        note("\(key).hold", old.hold, new.hold, \.text)
        note("\(key).thresholds.loss", old.thresholds.loss, new.thresholds.loss) { limitText($0, shareText) }
        note("\(key).thresholds.mean", old.thresholds.mean, new.thresholds.mean) { limitText($0, \.text) }
        note("\(key).thresholds.deviation", old.thresholds.deviation, new.thresholds.deviation) { limitText($0, \.text) }
        note("\(key).thresholds.p99", old.thresholds.percentile99, new.thresholds.percentile99) { limitText($0, \.text) }
        note("\(key).budget", old.budget, new.budget) { $0.map(sizeText) ?? "none" }
    }
}

private func listText(_ items: [some CustomStringConvertible]) -> String { "[" + items.map(\.description).joined(separator: ", ") + "]" }

private func limitText<T>(_ limit: Thresholds.Limit<T>?, _ text: (T) -> String) -> String {
    limit.map { "{leave: \(text($0.leave)), return: \(text($0.back))}" } ?? "none"
}
