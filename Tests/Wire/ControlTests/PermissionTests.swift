import Control
import ControlFixtures
import ControlProtocol
import Glibc
import Testing
import Varlink

/// Real processes of other users, by setpriv(1). They run a copy of uplinkctl: the build may be in a folder that they can't enter.
@Suite struct PermissionTests {
    private func withProgram(
        openToAll: Bool, limits: VarlinkLimits = .init(),
        _ body: (_ program: String, _ socket: String, StubHandler, StubServer) async throws -> Void
    ) async throws {
        try #require(geteuid() == 0, "these tests need root")
        try await withServer(limits: limits, group: "daemon") { server, handler, path in
            let program = path.replacing("/control", with: "/uplinkctl")
            try #require(try await Child.run("cp", "\(buildFolder())/uplinkctl", program).status == 0)
            // The file mode keeps strangers out before the gate can; here it must not.
            if openToAll { chmod(path, 0o666) }
            try await body(program, path, handler, server)
        }
    }

    private func run(_ program: String, groups: String?, _ words: String, _ socket: String) async throws -> Child {
        let groups = groups.map { "--groups=\($0)" } ?? "--clear-groups"
        let command = words.split(separator: " ").joined(separator: " ")
        return try await Child.run(
            "sh", "-c", "exec setpriv --reuid=65534 --regid=65534 \(groups) \(program) \(command) --control \(socket)")
    }

    @Test("a stranger can't even connect")
    func stranger() async throws {
        try await withProgram(openToAll: false) { program, socket, _, server in
            let child = try await run(program, groups: nil, "status", socket)
            #expect(child.status == 4)
            #expect(child.error == "uplinkctl: Permission denied on \(socket): you need to be root or in group uplinkd.\n")
            #expect(await server.counters.clients == 0)
        }
    }

    @Test(
        "a stranger who can connect is refused by the gate",
        arguments: [
            "status", "watch", "events", "events --follow", "explain", "quality", "metrics", "probe telkom", "switch telkom", "switch auto",
            "reload",
        ])
    func gate(words: String) async throws {
        try await withProgram(openToAll: true) { program, socket, handler, server in
            let child = try await run(program, groups: nil, words, socket)
            #expect(child.status == 4)
            #expect(child.output == "")
            #expect(child.error.hasPrefix("uplinkctl: Permission denied"))
            #expect(await server.counters.denied == 1)
            #expect(await handler.switches.isEmpty)
            #expect(await handler.reloads == 0)
            #expect(await handler.probes.isEmpty)
        }
    }

    @Test(
        "a member of the socket's group reads", arguments: ["status", "events", "explain", "quality", "metrics"])
    func reader(words: String) async throws {
        try await withProgram(openToAll: false) { program, socket, _, _ in
            // As a supplementary group: SO_PEERCRED alone doesn't show those.
            let child = try await run(program, groups: "5,\(getgrnam("daemon").pointee.gr_gid)", words, socket)
            #expect(child.status == 0, "\(child.error)")
            #expect(child.output.contains("telkom"))
        }
    }

    @Test(
        "a member of the socket's group changes nothing",
        arguments: ["switch telkom", "switch smartfren --force", "drill telkom", "reload", "probe telkom"])
    func readerChanges(words: String) async throws {
        try await withProgram(openToAll: false) { program, socket, handler, _ in
            let child = try await run(program, groups: "\(getgrnam("daemon").pointee.gr_gid)", words, socket)
            #expect(child.status == 4)
            #expect(await handler.switches.isEmpty)
            #expect(await handler.reloads == 0)
            #expect(await handler.probes.isEmpty)
        }
    }

    @Test("readers can't take the last places: those are root's")
    func reservedPlaces() async throws {
        var limits = VarlinkLimits()
        limits.clients = 3
        limits.reservedClients = 2
        try await withProgram(openToAll: false, limits: limits) { program, socket, _, server in
            let held = Task {
                try await blocking {
                    var replies = try ControlClient(path: socket).watch()
                    while try replies.next(until: soon()) != nil {}
                }
            }
            try await eventually("one place is taken") { await server.clientCount == 1 }
            let child = try await run(program, groups: "\(getgrnam("daemon").pointee.gr_gid)", "status", socket)
            #expect(child.status == 1)
            #expect(child.error == "uplinkctl: uplinkd has no place for another client, it serves as many as it may: 1.\n")
            #expect(try await Child.run(program, "status", "--control", socket).status == 0)
            await server.stop()
            await #expect(throws: ControlClientError.connectionLost(path: socket)) { try await held.value }
        }
    }
}
