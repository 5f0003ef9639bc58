/// One namespace, and what can be done in it. Commands are children: this process stays where it is (`setns` moves one thread only, and
/// Swift moves a task between threads).
package struct Node: Sendable {
    package let namespace: String
    let programs: Programs
    let children: Children

    @discardableResult
    package func run(_ arguments: [String]) async throws -> String {
        try await Command.run(["ip", "netns", "exec", namespace] + arguments)
    }

    @discardableResult
    package func shell(_ script: String) async throws -> String {
        try await run(["sh", "-e", "-c", script])
    }

    /// The same, with the time on the clock just before and just after. It is taken inside the namespace by a program that is already
    /// running by then, so that starting it doesn't count.
    @discardableResult
    package func timed(_ script: String) async throws -> FaultTime {
        let output = try await run([programs.lab, "timed", "--", "sh", "-e", "-c", script])
        guard let line = output.split(separator: "\n").last else { throw LabError("no times from: \(script)") }
        return try JSON.decode(FaultTime.self, from: String(line))
    }

    package func start(_ name: String, _ arguments: [String], privileges: [String] = []) async throws -> Child {
        let child = try await Child.start(name, in: namespace, privileges: privileges, arguments)
        await children.add(child)
        return child
    }

    /// A program of the lab that stays, ready to work.
    func startTraffic(_ name: String, _ arguments: [String]) async throws -> Child {
        let child = try await start(name, [programs.lab] + arguments)
        try await child.waitUntilReady()
        return child
    }

    /// Whether this address answers one of a few pings.
    package func canPing(_ address: String, count: Int = 1) async throws -> Bool {
        // The exit status is 1 for silence and 2 for an error such as "Network is unreachable", which is no answer either.
        let output = try await shell("ping -n -q -c \(count) -i 0.05 -W 0.4 \(address) || true")
        return output.contains("received") && !output.contains(" 0 received")
    }
}
