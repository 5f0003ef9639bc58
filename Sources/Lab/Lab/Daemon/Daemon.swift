internal import Synchronization

/// The real daemon, running in the router as it would on a box.
package actor Daemon {
    private let router: Router
    private let programs: Programs
    private let folder: String
    private let arguments: [String]
    private let privileges: [String]
    private let standardError: String?
    private var child: Child

    package nonisolated let control: String

    private init(
        router: Router, programs: Programs, folder: String, arguments: [String], privileges: [String], standardError: String?, child: Child
    ) {
        self.router = router
        self.programs = programs
        self.folder = folder
        self.arguments = arguments
        self.privileges = privileges
        self.standardError = standardError
        self.child = child
        control = "\(folder)/control"
    }

    static func start(
        _ configuration: DaemonConfiguration, in lab: Lab, user: UInt32?, record: String?, arguments more: [String], standardError: String?
    ) async throws -> Daemon {
        try lab.programs.checkDaemon()
        let file = "\(lab.folder)/uplinkd.yaml"
        try await Command.run(["tee", file], input: configuration.text)
        let arguments = (record.map { ["--record", $0] } ?? []) + more
        if let user { try await Command.run(["chown", "-R", "\(user):\(user)", lab.folder]) }
        let privileges = user.map(unprivileged) ?? []
        let child = try await launch(lab.router, lab.programs, lab.folder, arguments, privileges, standardError)
        return Daemon(
            router: lab.router, programs: lab.programs, folder: lab.folder, arguments: arguments, privileges: privileges,
            standardError: standardError, child: child)
    }

    /// No more than the service gives it: two capabilities, and an user who owns nothing else.
    private static func unprivileged(_ user: UInt32) -> [String] {
        let capabilities = "-all,+net_admin,+net_raw"
        return [
            "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "--inh-caps=\(capabilities)", "--ambient-caps=\(capabilities)",
            "--bounding-set=\(capabilities)",
        ]
    }

    private static func launch(
        _ router: Router, _ programs: Programs, _ folder: String, _ arguments: [String], _ privileges: [String], _ standardError: String?
    ) async throws -> Child {
        let command = [programs.uplinkd, "--config", "\(folder)/uplinkd.yaml", "--control", "\(folder)/control"] + arguments
        let elsewhere = standardError.map { ["sh", "-c", "exec \"$@\" 2>'\($0)'", "sh"] } ?? []
        let files = privileges.isEmpty ? try await ownFiles(folder) : []
        return try await router.node.start("uplinkd", files + elsewhere + command, privileges: privileges)
    }

    /// Whom this machine asks for names, and its own DHCP client's leases, are no part of the lab: in their place are `resolv.conf` and the folder
    /// `dhcp` of the lab's. `ip netns exec` has given the process mounts of its own.
    private static func ownFiles(_ folder: String) async throws -> [String] {
        try await Command.run(["sh", "-c", "mkdir -p '\(folder)/dhcp' && touch '\(folder)/resolv.conf'"])
        return [
            "sh", "-c",
            """
            [ ! -e /etc/resolv.conf ] || mount --bind '\(folder)/resolv.conf' /etc/resolv.conf
            [ ! -d /var/lib/dhcp ] || mount --bind '\(folder)/dhcp' /var/lib/dhcp
            exec "$@"
            """, "sh",
        ]
    }

    package var processIdentifier: Int32 { child.processIdentifier }
    package var isRunning: Bool { child.isRunning }
    package var log: String { child.log }

    /// Throws while the daemon doesn't answer yet.
    package func status() async throws -> DaemonStatus {
        guard child.isRunning else { throw DaemonEnded(description: "uplinkd has ended by itself") }
        return try JSON.decode(DaemonStatus.self, from: try await control(["status", "--json"]))
    }

    /// The last events, oldest first.
    package func events() async throws -> [DaemonEvent] {
        let text = try await control(["events", "--last", "1000", "--json"])
        return try text.split(separator: "\n").map { try JSON.decode(DaemonEvent.self, from: String($0)) }
    }

    /// From one WAN to another; neither the first selection nor the loss of all of them.
    package func switches() async throws -> [DaemonEvent] {
        try await events().filter { $0.kind == "selection" && $0.details?["from"] != nil && $0.details?["to"] != nil }
    }

    /// How long the kernel took to acknowledge each selection, in microseconds, oldest first.
    package func selectionsApplied() async throws -> [Double] {
        try await events().filter { $0.kind == "selection" }.compactMap { $0.details?["applied_us"].flatMap(Double.init) }
    }

    /// `uplinkctl`, as an administrator would call it.
    @discardableResult
    package func control(_ arguments: [String]) async throws -> String {
        try await router.node.run([programs.uplinkctl] + arguments + ["--control", control])
    }

    /// As the out-of-memory killer does it: nothing is tidied up.
    package func kill9() async throws { try await child.kill9() }

    package func stop() async throws { try await child.stop() }

    /// Once more, with the same configuration.
    package func restart() async throws {
        guard !child.isRunning else { throw LabError("uplinkd is still running") }
        child = try await Self.launch(router, programs, folder, arguments, privileges, standardError)
    }

    package func usage() async throws -> ProcessUsage { try await ProcessUsage.read(processIdentifier) }
}

extension Lab {
    /// `user`: runs it as that user with CAP_NET_ADMIN and CAP_NET_RAW only. `record`: a file for the recording. `standardError`: where that goes
    /// instead of into the log of a test that fails.
    @discardableResult
    package func startDaemon(
        _ configuration: DaemonConfiguration = .office(), user: UInt32? = nil, record: String? = nil, arguments: [String] = [],
        standardError: String? = nil
    ) async throws -> Daemon {
        hasHadDaemon.withLock { $0 = true }
        return try await Daemon.start(
            configuration, in: self, user: user, record: record, arguments: arguments, standardError: standardError)
    }

    /// Until it has looked at every WAN and the clients get through by that one.
    package func ready(_ daemon: Daemon, by provider: Provider = Addresses.telkom) async throws {
        try await eventually("uplinkd has selected \(provider.name) and knows every WAN") {
            let status = try await daemon.status()
            return status.selection.wan == provider.name && status.wans.allSatisfy { $0.health != "unknown" }
        }
        // Masquerade of IPv6 comes last: what a client sent before that would reach the provider as it is.
        if masqueradesAll {
            try await eventually("routes, rules and NAT of both families are in order") {
                try await daemon.events().contains { $0.message == "Routes, rules and NAT are in order." }
            }
        }
        try await eventually("new sessions leave by \(provider.name)") { try await self.client.wayOut()?.name == provider.name }
    }
}

/// As much of `uplinkctl status --json` as the lab needs. Written from its documentation, not from the daemon's own types: the lab looks
/// from outside.
package struct DaemonStatus: Decodable, Sendable {
    package struct Selection: Decodable, Sendable {
        package var wan: String?
        package var reason: DaemonSentence?
    }

    package struct WAN: Decodable, Sendable {
        package var name: String
        package var interface: String?
        package var health: String
        package var gateway: String?
        package var selected: Bool?
        package var fault: DaemonSentence?
        /// How long it has had this health.
        package var sinceSeconds: Double?
        package var targets: [Target]?
        package var readiness: Readiness?
        package var ipv6: IPv6?
    }

    package struct Readiness: Decodable, Sendable { package var ready: Bool }
    package struct IPv6: Decodable, Sendable {
        package var health: String
        package var selected: Bool
    }

    package struct Target: Decodable, Sendable {
        package var target: String
        package var answered: Bool?
        package var roundTripMs: Double?
    }

    package struct NAT: Decodable, Sendable { package var ok: Bool }

    package var selection: Selection
    package var wans: [WAN]
    package var nat: NAT?
    /// Since the daemon's start.
    package var counters: [String: Int]?

    package func wan(_ provider: Provider) -> WAN? { wans.first { $0.name == provider.name } }
}

package struct DaemonSentence: Decodable, Sendable {
    package var code: String
    package var text: String
}

package struct DaemonEvent: Decodable, Sendable {
    package var kind: String
    package var wan: String?
    package var code: String?
    package var message: String
    package var details: [String: String]?
}
