import Lab

/// One fault with traffic running: what demo and bench are made of.
struct Scene {
    /// How long a fault is watched that nothing is expected of.
    static let observed = Duration.seconds(3)

    /// From the fault to the first packet of the stream by the other WAN; nil if none came.
    var moved: Duration?
    var stream: UDPStreamReport
    var connection: ConnectionReport
    var connections: ConnectionsReport

    /// - Parameters:
    ///   - provider: by which new sessions leave afterwards. nil: it is watched for `observed`, and whatever happens happens.
    static func play(
        _ lab: Lab, from: Provider?, to provider: Provider?, fault: () async throws -> FaultTime
    ) async throws -> Scene {
        let stream = try await lab.client.stream(packetsPerSecond: 200)
        let connection = try await lab.client.connection()
        let connections = try await lab.client.connections()
        if let from { try await lab.eventually("new sessions leave by \(from.name)") { try await lab.client.wayOut()?.name == from.name } }
        // Steady state first, and not always the same moment between two probes.
        try await Task.sleep(for: .milliseconds(Int.random(in: 300...1300)))
        let time = try await fault()
        if let provider {
            try await lab.eventually("new sessions leave by \(provider.name)") { try await lab.client.wayOut()?.name == provider.name }
            // Sessions that were cut off find their way again in this time.
            try await Task.sleep(for: .seconds(1))
        } else {
            try await Task.sleep(for: observed)
        }
        let report = try await stream.stop()
        return Scene(
            moved: report.there.firstFromElsewhere(after: time.began).map { $0.time - time.began }, stream: report,
            connection: try await connection.stop(), connections: try await connections.stop())
    }
}
