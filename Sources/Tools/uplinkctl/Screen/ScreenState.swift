import ControlProtocol

/// All that the full-screen view shows. Pure: `ScreenText` makes lines of it.
struct ScreenState {
    /// What one WAN carries of the LAN.
    struct Load: Equatable {
        var clients = 0
        var sessions = 0
    }

    var host: String
    /// UTC, as on the wire.
    var time: String
    var status: Status
    var events: [ControlEvent] = []
    /// By the WAN's name.
    var plots: [String: Plot] = [:]
    /// nil: this uplinkd doesn't tell.
    var loads: [String: Load]?

    init(host: String, time: String, status: Status) {
        self.host = host
        self.time = time
        self.status = status
    }

    /// Once a second.
    mutating func take(_ quality: [WANQuality]) {
        for wan in quality { plots[wan.wan, default: Plot()].take(wan) }
        let names = Set(status.wans.map(\.name))
        plots = plots.filter { names.contains($0.key) }
    }

    /// Once, after the first second: the plots begin with what was before the view was opened.
    ///
    /// - Parameter now: the last column's second, since 1970.
    mutating func recall(_ series: [SampleSeries], at now: Int) {
        for (wan, plot) in plots {
            plots[wan]?.recall(series.filter { $0.wan == wan }, before: now - plot.columns.count + 1)
        }
    }

    mutating func take(_ clients: [ClientStatus]) {
        var loads: [String: Load] = [:]
        for share in clients.flatMap(\.shares) {
            guard let wan = share.wan else { continue }
            loads[wan, default: Load()].clients += 1
            loads[wan, default: Load()].sessions += share.sessions
        }
        self.loads = loads
    }
}
