/// Every child of one lab, in the order in which they were started.
actor Children {
    private var children: [Child] = []

    func add(_ child: Child) { children.append(child) }

    /// The last one started is ended first: clients before their servers.
    func stopAll() async throws {
        for child in children.reversed() where child.isRunning { try await child.stop() }
    }

    var log: String { children.map(\.log).joined(separator: "\n") }
}
