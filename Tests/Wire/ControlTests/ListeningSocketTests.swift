import Control
import ControlFixtures
import ControlProtocol
import Glibc
import Testing
import Varlink

@Suite struct ListeningSocketTests {
    private func open(_ path: String, group: String? = nil) throws -> StubServer {
        try StubServer(path, StubHandler(), group: group)
    }

    private func mode(_ path: String) -> (mode: UInt32, group: UInt32) {
        var found = stat()
        return lstat(path, &found) == 0 ? (found.st_mode & 0o7777, found.st_gid) : (0, 0)
    }

    /// What a daemon leaves that was killed: a socket on which nobody listens.
    private func leaveSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try #require(bound == 0)
    }

    @Test("a stale socket is replaced")
    func stale() async throws {
        try await withFolder { folder in
            try leaveSocket("\(folder)/control")
            let server = try open("\(folder)/control")
            await server.start()
            let answer = try await status(at: server.path)
            #expect(answer == .sample)
            await server.stop()
        }
    }

    @Test("a live socket is left alone, and its process is named")
    func live() async throws {
        try await withServer { server, _, path in
            #expect(throws: ControlServerError.alreadyRunning(path: path, pid: getpid())) { try open(path) }
            // The first one still answers.
            let answer = try await status(at: path)
            #expect(answer == .sample)
        }
    }

    @Test("while another daemon holds the lock, its stale socket isn't taken for nobody's")
    func locked() async throws {
        try await withFolder { folder in
            let path = "\(folder)/control"
            try leaveSocket(path)
            let other = Glibc.open(path + ".lock", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
            try #require(flock(other, LOCK_EX) == 0)
            #expect(throws: ControlServerError.alreadyRunning(path: path, pid: nil)) { try open(path) }
            #expect(access(path, F_OK) == 0)
            // The kernel lets go of it when the other daemon ends, however it does.
            close(other)
            // A child of another test has it too, until it runs its program.
            var server: StubServer?
            try await eventually("the lock is free") {
                server = try? open(path)
                return server != nil
            }
            await server?.stop()
        }
    }

    @Test("somebody else's live socket is left alone, though no lock is held")
    func foreign() async throws {
        try await withServer { server, _, path in
            try #require(symlink(path, path + ".link") == 0)
            defer { unlink(path + ".link"); unlink(path + ".link.lock") }
            // A symbolic link is no socket, and isn't followed.
            #expect(throws: ControlServerError.notASocket(path: path + ".link")) { try open(path + ".link") }
            unlink(path + ".lock")
            #expect(throws: ControlServerError.alreadyRunning(path: path, pid: getpid())) { try open(path) }
        }
    }

    @Test("a file that is no socket is left alone")
    func file() async throws {
        try await withFolder { folder in
            let path = "\(folder)/control"
            close(creat(path, 0o644))
            #expect(throws: ControlServerError.notASocket(path: path)) { try open(path) }
            #expect(access(path, F_OK) == 0)
        }
    }

    @Test("a folder that isn't there is named")
    func noFolder() async throws {
        try await withFolder { folder in
            #expect(throws: ControlServerError.noFolder(folder: "\(folder)/none", code: ENOENT)) { try open("\(folder)/none/control") }
        }
    }

    @Test("a path that no socket can have is refused", arguments: ["", String(repeating: "x", count: 108), "a\0b"])
    func path(path: String) { #expect(throws: ControlServerError.pathTooLong(path: path)) { try open(path) } }

    @Test("the socket is its owner's alone, until there is a group to give it to")
    func permissions() async throws {
        try await withFolder { folder in
            let path = "\(folder)/control"
            for (group, expected) in [(nil, 0o600), ("no-such-group", 0o600), ("daemon", 0o660)] as [(String?, UInt32)] {
                let server = try open(path, group: group)
                #expect(mode(path).mode == expected, "\(group ?? "none")")
                #expect(mode(path).group == (group == "daemon" ? getgrnam("daemon").pointee.gr_gid : getegid()))
                await server.stop()
                #expect(access(path, F_OK) != 0)
            }
        }
    }

    @Test("stopping leaves a socket that somebody else has put there meanwhile")
    func replaced() async throws {
        try await withFolder { folder in
            let server = try open("\(folder)/control")
            try #require(unlink(server.path) == 0)
            try leaveSocket(server.path)
            await server.stop()
            #expect(access(server.path, F_OK) == 0)
        }
    }
}
