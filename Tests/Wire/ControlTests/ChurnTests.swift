import Control
import ControlFixtures
import Floor
import Glibc
import Testing
import Varlink

@Suite struct ChurnTests {
    /// A hang-up that comes together with a request was, now and then, the end of the whole process: see `Poll`.
    @Test("clients that come and go by the thousand, some at the same time, end nothing")
    func churn() async throws {
        try await withServer { _, _, path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await blocking { for _ in 0..<2_000 { try Self.hello(path) } } } }
                try await group.waitForAll()
            }
            // Those that are gone have their places until the server has seen it.
            try await eventually("there is room again") { (try? await blocking { try ControlClient(path: path).status() }) != nil }
        }
    }

    /// Asks, and is gone before the answer.
    private static func hello(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let isConnected = withUnixAddress(name: Array(path.utf8)) { connect(descriptor, $0, $1) } == 0
        try #require(isConnected)
        let call = Array("{\"method\":\"org.varlink.service.GetInfo\"}\0".utf8)
        _ = send(descriptor, call, call.count, Int32(MSG_NOSIGNAL))
    }
}
