/// A box with no network at all, for what needs but a kernel of its own.
package enum EmptyBox {
    /// Runs a program in it to its end. Gives back what it printed.
    package static func run(_ arguments: [String]) async throws -> String {
        let namespace = "\(Lab.nextName())-router"
        let outcome: Swift.Result<String, any Error>
        do {
            try await Command.run(["ip", "netns", "add", namespace])
            outcome = .success(try await Command.run(["ip", "netns", "exec", namespace] + arguments))
        } catch {
            outcome = .failure(error)
        }
        let teardown = await Task {
            if try await Cleanup.namespaces().contains(namespace) { try await Command.script(Topology.removalScript([namespace])) }
        }.result
        let output = try outcome.get()
        try teardown.get()
        return output
    }
}
