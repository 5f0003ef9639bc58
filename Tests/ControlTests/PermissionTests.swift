import Control
import ControlProtocol
import Glibc
import Testing

/// Real processes of other users, by setpriv(1). They run a copy of uplinkctl: the build may be in a folder that they can't enter.
@Suite struct PermissionTests {
    private func withProgram(
        openToAll: Bool, _ body: (_ program: String, _ socket: String, StubHandler, ControlServer) async throws -> Void
    ) async throws {
        try #require(geteuid() == 0, "these tests need root")
        try await withServer(group: "daemon") { server, handler, path in
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
        arguments: ["status", "watch", "events", "events --follow", "explain", "switch telkom", "switch auto", "reload"])
    func gate(words: String) async throws {
        try await withProgram(openToAll: true) { program, socket, handler, server in
            let child = try await run(program, groups: nil, words, socket)
            #expect(child.status == 4)
            #expect(child.output == "")
            #expect(child.error.hasPrefix("uplinkctl: Permission denied"))
            #expect(await server.counters.denied == 1)
            #expect(await handler.switches.isEmpty)
            #expect(await handler.reloads == 0)
        }
    }

    @Test(
        "a member of the socket's group reads", arguments: ["status", "events", "explain"])
    func reader(words: String) async throws {
        try await withProgram(openToAll: false) { program, socket, _, _ in
            // As a supplementary group: SO_PEERCRED alone doesn't show those.
            let child = try await run(program, groups: "5,\(getgrnam("daemon").pointee.gr_gid)", words, socket)
            #expect(child.status == 0, "\(child.error)")
            #expect(child.output.contains("telkom"))
        }
    }

    @Test("a member of the socket's group changes nothing", arguments: ["switch telkom", "switch smartfren --force", "reload"])
    func readerChanges(words: String) async throws {
        try await withProgram(openToAll: false) { program, socket, handler, _ in
            let child = try await run(program, groups: "\(getgrnam("daemon").pointee.gr_gid)", words, socket)
            #expect(child.status == 4)
            #expect(await handler.switches.isEmpty)
            #expect(await handler.reloads == 0)
        }
    }
}
