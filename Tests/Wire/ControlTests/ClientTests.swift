import Control
import ControlFixtures
import ControlProtocol
import Dispatch
import Glibc
import Testing
import Varlink

@Suite struct ClientTests {
    private func connectError(_ path: String, patience: Duration = .zero) -> ControlClientError? {
        do {
            _ = try ControlClient(path: path, patience: patience)
            return nil
        } catch {
            return error
        }
    }

    @Test("without a socket the message says how to start the daemon")
    func noSocket() async throws {
        try await withFolder { folder in
            let error = try #require(connectError("\(folder)/control"))
            #expect(error == .noSocket(path: "\(folder)/control"))
            #expect(error.description == "uplinkd isn't running (no socket at \(folder)/control): systemctl start uplinkd")
            // A missing folder means that nobody is starting it: patience is for nothing.
            #expect(connectError("\(folder)/none/control", patience: .seconds(3600)) == .noSocket(path: "\(folder)/none/control"))
            #expect(connectError(String(repeating: "x", count: 200)) == .pathTooLong(path: String(repeating: "x", count: 200)))
        }
    }

    @Test("a daemon that is just starting is waited for")
    func patience() async throws {
        try await withFolder { folder in
            let path = "\(folder)/control"
            let waiting = Task { try await blocking { try ControlClient(path: path, patience: .seconds(30)).status() } }
            let server = try StubServer(path, StubHandler())
            await server.start()
            #expect(try await waiting.value == .sample)
            await server.stop()
        }
    }

    @Test("a daemon that doesn't answer is given up, and its process is known all the same")
    func noAnswer() async throws {
        try await withFolder { folder in
            let path = "\(folder)/control"
            // Opened and never started: it takes connections, and nothing more.
            let server = try StubServer(path, StubHandler())
            try await blocking {
                let client = try ControlClient(path: path)
                #expect(client.serverPID == getpid())
                #expect(throws: ControlClientError.noAnswer(path: path)) {
                    try client.call(ControlMethod.status, within: .milliseconds(20))
                }
            }
            await server.stop()
        }
    }
}
