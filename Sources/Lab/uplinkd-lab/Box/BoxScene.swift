import Lab

/// One fault of a box with traffic running, and what a client noticed of it: a row of README's table.
struct BoxScene {
    /// From when new sessions go by the other WAN: how long it is watched what becomes of those that were there.
    static let observed = Duration.seconds(5)

    let what: String
    var call: UDPStreamReport
    var connections: ConnectionsReport
    var download: DownloadReport
    var fault: FaultTime

    /// Nothing came for so long.
    var silent: Duration { call.back?.longestGap?.length ?? .seconds(999) }
    var resetAfter: Duration? { download.broken.map { $0.time - fault.began } }

    /// - Parameter provider: by which new sessions leave afterwards.
    static func play(
        _ what: String, _ lab: Lab, to provider: Provider, fault: () async throws -> FaultTime
    ) async throws -> BoxScene {
        let call = try await lab.client.stream(packetsPerSecond: 50)
        let download = try await lab.client.path().download()
        let connections = try await lab.client.connections(every: .milliseconds(200))
        // Steady state first, and not always the same moment between two probes.
        try await Task.sleep(for: .milliseconds(Int.random(in: 2000...3000)))
        let time = try await fault()
        try await lab.eventually("\(what): new sessions leave by \(provider.name)", within: .seconds(300), every: .milliseconds(250)) {
            try await lab.client.wayOut()?.name == provider.name
        }
        try await Task.sleep(for: observed)
        return BoxScene(
            what: what, call: try await call.stop(), connections: try await connections.stop(), download: try await download.stop(),
            fault: time)
    }

    static let header = ["", "Debian", "call silent", "packets lost", "new: slowest", "failed", "download"]

    func row(_ box: String) -> [String] {
        [
            what, box, milliseconds(silent), "\(call.lost) of \(call.sent)",
            milliseconds(.microseconds(Int64(connections.slowestMilliseconds * 1000))),
            "\(connections.failed) of \(connections.attempts)", resetAfter.map { "reset after \(milliseconds($0))" } ?? "goes on",
        ]
    }

    /// What README promises of it and doesn't hold. `isReset`: the download's WAN is the one that is gone.
    func broken(silentFor limit: Duration, isReset: Bool) -> [String] {
        var broken: [String] = []
        if silent > limit { broken.append("\(what): the call was silent for \(milliseconds(silent)), more than \(milliseconds(limit))") }
        switch (isReset, resetAfter) {
        case (true, nil): broken.append("\(what): the download hangs, it has not been reset within \(Self.observed) after the switch")
        case (true, let after?) where after > limit + .seconds(1):
            broken.append("\(what): the download was reset after \(milliseconds(after)) only")
        case (false, _?): broken.append("\(what): the download was broken (\(download.broken?.reason ?? ""))")
        default: break
        }
        return broken
    }
}
