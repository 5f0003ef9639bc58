import CLinux
import Glibc
import Testing

@testable import Floor

@Suite struct ServiceManagerTests {
    /// What systemd has: a socket that gets datagrams.
    private func socket(named name: [UInt8]) throws -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_DGRAM)
        try #require(withUnixAddress(name: name) { bind(socket.number, $0, $1) } == 0)
        return socket
    }

    /// nil: nothing there.
    private func next(_ socket: Descriptor) -> String? {
        var bytes = [UInt8](repeating: 0, count: 1000)
        let count = recv(socket.number, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    @Test("lines go out in one datagram, also to a name in the abstract namespace")
    func lines() throws {
        let name = "uplinkd-test-\(getpid())-lines"
        let socket = try socket(named: [0] + name.utf8)
        ServiceManager(socket: "@\(name)").notify("READY=1", "STATUS=All is well.")
        #expect(next(socket) == "READY=1\nSTATUS=All is well.")
        #expect(next(socket) == nil)
    }

    @Test("one that doesn't read keeps nobody waiting")
    func unread() throws {
        let name = "uplinkd-test-\(getpid())-unread"
        let socket = try socket(named: [0] + name.utf8)
        // Far more than a socket holds. If one of these waited, the test would never end.
        for number in 1...10_000 { ServiceManager(socket: "@\(name)").notify("STATUS=\(number)") }
        #expect(next(socket) == "STATUS=1")
    }

    @Test("what found no room goes out when there is some, in its order")
    func later() async throws {
        let name = "uplinkd-test-\(getpid())-later"
        let socket = try socket(named: [0] + name.utf8)
        // Until it is full: another sender's.
        let other = try Descriptor.socket(AF_UNIX, SOCK_DGRAM)
        var count = 0
        while withUnixAddress(name: [0] + name.utf8, { Int32(sendto(other.number, "x", 1, Int32(MSG_NOSIGNAL), $0, $1)) }) == 1 {
            count += 1
        }
        #expect(errno == EAGAIN)
        let manager = ServiceManager(socket: "@\(name)")
        manager.notify("RELOADING=1")
        for _ in 0..<100 { manager.notify("WATCHDOG=1") }
        manager.notify("READY=1")
        for _ in 0..<count { #expect(next(socket) == "x") }
        var heard: [String] = []
        try await eventually("the last one has come") {
            while let line = next(socket) { heard.append(line) }
            return heard.count == 3
        }
        #expect(heard == ["RELOADING=1", "WATCHDOG=1", "READY=1"])
        manager.notify("STOPPING=1")
        #expect(next(socket) == "STOPPING=1")
    }

    @Test("without systemd, or without its socket, nothing happens", arguments: [nil, "", "/nowhere/at/all"])
    func absent(path: String?) { ServiceManager(socket: path).notify("READY=1") }
}
