import Health
import Model
import Selection

extension Engine {
    func healthNotices(_ changes: [Judgement.Change], at now: Instant) -> [Notice] {
        // Several changes of one WAN at the same moment are one: from the first to where it is now.
        var told: Set<WANName> = []
        return changes.compactMap { change in
            guard told.insert(change.wan).inserted, let health = healths.first(where: { $0.wan.name == change.wan }),
                health.state != change.before || health.state == .impaired
            else { return nil }
            let old = change.before
            let severity: Notice.Severity =
                switch health.state {
                case .absent, .noCarrier, .noGateway, .impaired: .warning
                case .down: health.fault == nil ? .info : .warning
                case .up: old == .suspect ? .info : .notice
                case .suspect, .unknown, .recovering: .info
                }
            var details = ["health": health.state.rawValue]
            if let old { details["was"] = old.rawValue }
            if let fault = health.fault { details["fault"] = fault.rawValue }
            // By the window so far: for the history, which says with it what came before an outage.
            if let loss = health.quality.loss { details["loss_percent"] = "\((loss * 1000).rounded() / 10)" }
            if let mean = health.quality.mean { details["round_trip_ms"] = "\(Double(mean.nanoseconds / 10_000) / 100)" }
            return Notice(
                .health, severity, wan: health.wan.name, "\(health.wan.name) is \(condition(of: health, at: now)).", details: details)
        }
    }

    func selectionNotice(from old: WANName?, in drill: Drill?, at now: Instant) -> Notice {
        let why = selectionReason(at: now)
        var details = ["reason": why]
        if let old { details["from"] = old.description }
        if let drill { details["drill"] = "\(drill.order.fault)" }
        if let new = selection.wan { details["to"] = new.description }
        guard let new = selection.wan else {
            return Notice(.selection, .error, "No WAN can be used: \(why).", details: details)
        }
        let metric = { (name: WANName?) in name.flatMap { settings[$0]?.metric } }
        let kind = metric(old) ?? 0 < metric(new) ?? 0 ? "Failover" : "Failback"
        if let old {
            details["switch"] = kind.lowercased()
            return Notice(
                .selection, kind == "Failover" && selection.reason != .pinned ? .warning : .notice, wan: new,
                "\(kind) from \(old) to \(new): \(why).",
                details: details)
        }
        return Notice(.selection, .notice, wan: new, "\(new) is selected: \(why).", details: details)
    }
}
