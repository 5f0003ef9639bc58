import Lab
import Testing

/// A fault that was there when the daemon came, and one that it lived through: the first tests what it reads at its start, the second what
/// it does about a notice.
enum When: String, CaseIterable, CustomTestStringConvertible {
    case before, after
    var testDescription: String { "\(rawValue) uplinkd starts" }
}

enum EndToEnd {
    /// Builds a lab with a fault and the daemon, in that order or the other, and tells the story. `toItsOwn`: the fault is to something
    /// that the daemon made, so "before" means: it had been running, was killed, and starts again.
    static func story(
        _ when: When, options: LabOptions = .init(), configuration: DaemonConfiguration = .office(), toItsOwn: Bool = false,
        fault: (Lab) async throws -> Void, then story: (Lab, Daemon) async throws -> Void
    ) async throws {
        try await Lab.with(options: options) { lab in
            let daemon: Daemon
            switch when {
            case .before where toItsOwn:
                daemon = try await lab.startDaemon(configuration)
                try await lab.ready(daemon)
                try await daemon.kill9()
                try await fault(lab)
                try await daemon.restart()
            case .before:
                try await fault(lab)
                daemon = try await lab.startDaemon(configuration)
            case .after:
                daemon = try await lab.startDaemon(configuration)
                try await lab.ready(daemon)
                try await fault(lab)
            }
            try await story(lab, daemon)
        }
    }
}

extension Lab {
    func carries(_ provider: Provider) async throws {
        try await eventually("new sessions leave by \(provider.name)") { try await self.client.wayOut()?.name == provider.name }
    }

    func selects(_ provider: Provider, _ daemon: Daemon) async throws {
        try await eventually("uplinkd has selected \(provider.name)") { try await daemon.status().selection.wan == provider.name }
    }

    func health(_ expected: String, of provider: Provider, _ daemon: Daemon) async throws {
        try await eventually("\(provider.name) is \(expected)") { try await daemon.status().wan(provider)?.health == expected }
    }

    /// The routes by which the daemon steers, as it left them: nothing twice, nothing missing.
    func routesOfOurs() async throws -> [DefaultRoute] { try await router.defaultRoutes().filter(\.isOurs) }
}
