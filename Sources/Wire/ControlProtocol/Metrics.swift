import Model

/// The status as Prometheus reads it: the text format, version 0.0.4, which is also what node_exporter's textfile collector takes
/// (https://prometheus.io/docs/instrumenting/exposition_formats/). Base units, no timestamps: that collector refuses them.
package enum Metrics {
    /// All that a WAN's health may be. A state that a later daemon adds still gets a line, while it lasts.
    private static let healths = ["absent", "no-carrier", "no-gateway", "unknown", "up", "suspect", "impaired", "down", "recovering"]

    /// What each counts since the start. One that a later daemon adds gets a line all the same.
    private static let counters = [
        "probes_sent": "Probes that were sent.", "probes_not_sent": "Probes that couldn't be sent.",
        "switches": "Switches of new sessions from a WAN to another.", "repairs": "Routes, rules and settings that were put right.",
        "firewall_applied": "Times that firewall rules were put in place.",
        "sessions_moved": "Sessions that were deleted to begin anew by another WAN.",
    ]

    package static func text(_ status: Status) -> String {
        var text = Text()
        text.family("uplinkd_info", "gauge", "The running version.", [("version", status.version)], 1)
        text.family("uplinkd_nat_ok", "gauge", "Masquerade stands as it should.", [], status.nat.ok ? 1 : 0)
        text.family(
            "uplinkd_problems", "gauge", "What an administrator has to see, as the status lists it.", [], Double(status.problems.count))
        text.family(
            "uplinkd_problem", "gauge", "How many of each there are, by the code.",
            Dictionary(grouping: status.problems, by: \.code).sorted { $0.key < $1.key }.map {
                ([("code", $0.key)], Double($0.value.count))
            })
        text.family("uplinkd_selection_pinned", "gauge", "The operator chose the WAN.", [], status.selection.pinned ? 1 : 0)
        text.family("uplinkd_wan_health", "gauge", "1 for the health that the WAN has.", status.wans) { wan in
            let known = healths.contains(wan.health) ? healths : healths + [wan.health]
            return known.map { ([("health", $0)], wan.health == $0 ? 1 : 0) }
        }
        text.gauge("uplinkd_wan_health_age_seconds", "How long the WAN has had its health.", status.wans) { $0.sinceSeconds }
        text.gauge("uplinkd_wan_selected", "New sessions are meant to leave by it.", status.wans) { $0.selected ? 1 : 0 }
        text.gauge("uplinkd_wan_usable", "It could carry sessions.", status.wans) { $0.usable ? 1 : 0 }
        text.gauge("uplinkd_wan_carries", "New sessions do leave by it.", status.wans) { $0.carries ? 1 : 0 }
        text.gauge("uplinkd_wan_draining", "It keeps its sessions and gets no new ones.", status.wans) { $0.draining ? 1 : 0 }
        text.gauge("uplinkd_wan_route_metric", "The metric of its default route in the kernel.", status.wans) {
            $0.routeMetric.map(Double.init)
        }
        text.gauge("uplinkd_wan_loss_ratio", "Probes lost in the last half minute.", status.wans) { $0.lossPercent.map { $0 / 100 } }
        text.gauge("uplinkd_wan_round_trip_seconds", "The mean round trip of its probes.", status.wans) {
            $0.roundTripMilliseconds.map(seconds)
        }
        text.gauge("uplinkd_wan_round_trip_deviation_seconds", "The standard deviation of the same.", status.wans) {
            $0.deviationMilliseconds.map(seconds)
        }
        text.gauge("uplinkd_wan_probe_bytes_per_30_days", "What probing costs at the present pace.", status.wans) {
            Double($0.bytesPerMonth)
        }
        text.gauge("uplinkd_wan_ready", "It stands by, and a page has come by it lately.", status.wans) {
            $0.readiness.map { $0.ready ? 1 : 0 }
        }
        text.gauge("uplinkd_wan_proven_age_seconds", "How long ago that was.", status.wans) { $0.readiness?.provenSeconds }
        text.family("uplinkd_target_answered", "gauge", "Its last probe was answered.", status.wans) { wan in
            wan.targets.compactMap { target in target.answered.map { ([("target", target.target)], $0 ? 1 : 0) } }
        }
        text.family("uplinkd_target_round_trip_seconds", "gauge", "The mean round trip of its probes.", status.wans) { wan in
            wan.targets.compactMap { target in target.roundTripMilliseconds.map { ([("target", target.target)], seconds($0)) } }
        }
        for (name, count) in status.counters.sorted(by: { $0.key < $1.key }) {
            text.family("uplinkd_\(name)_total", "counter", counters[name] ?? "Since the start of uplinkd.", [], Double(count))
        }
        return text.written
    }

    private static func seconds(_ milliseconds: Double) -> Double { milliseconds / 1000 }

    private typealias Labels = [(name: String, value: String)]

    private struct Text {
        private(set) var written = ""

        mutating func gauge(_ name: String, _ help: String, _ wans: [WANStatus], _ value: (WANStatus) -> Double?) {
            family(name, "gauge", help, wans) { wan in value(wan).map { [([], $0)] } ?? [] }
        }

        mutating func family(
            _ name: String, _ type: String, _ help: String, _ wans: [WANStatus], _ samples: (WANStatus) -> [(Labels, Double)]
        ) {
            family(name, type, help, wans.flatMap { wan in samples(wan).map { ([("wan", wan.name)] + $0.0, $0.1) } })
        }

        mutating func family(_ name: String, _ type: String, _ help: String, _ samples: [(Labels, Double)]) {
            guard !samples.isEmpty else { return }
            head(name, type, help)
            for (labels, value) in samples { line(name, labels, value) }
        }

        mutating func family(_ name: String, _ type: String, _ help: String, _ labels: Labels, _ value: Double) {
            head(name, type, help)
            line(name, labels, value)
        }

        private mutating func head(_ name: String, _ type: String, _ help: String) {
            written += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        }

        private mutating func line(_ name: String, _ labels: Labels, _ value: Double) {
            let list = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
            written += "\(name)\(list.isEmpty ? "" : "{\(list)}") \(plainNumber(value))\n"
        }

        /// A target may have a URL in it, or what somebody has configured as one.
        private func escaped(_ value: String) -> String {
            var text = ""
            for character in value {
                switch character {
                case "\\": text += #"\\"#
                case "\"": text += #"\""#
                case "\n": text += #"\n"#
                default: text.append(character)
                }
            }
            return text
        }
    }
}
