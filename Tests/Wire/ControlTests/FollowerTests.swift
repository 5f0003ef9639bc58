import ControlFixtures
import ControlProtocol
import Synchronization
import Testing
import Varlink

@testable import Control

@Suite struct FollowerTests {
    /// What a follower has told, in words; and for how long it paused.
    private final class Heard: Sendable {
        private let state = Mutex<(news: [String], pauses: [Duration])>(([], []))

        var news: [String] { state.withLock { $0.news } }
        var pauses: [Duration] { state.withLock { $0.pauses } }

        func note(_ news: ControlFollower.News) {
            let text =
                switch news {
                case .connected(let status, let past, let first):
                    "\(status.pid): \(past.map(\.id))\(first ? ", we were first" : "")"
                case .happened(let events): "happened \(events.map(\.id))"
                case .alive: "alive"
                case .away(let error, let isNew): isNew ? "away: \(error)" : "still away"
                }
            state.withLock { $0.news.append(text) }
        }

        func pause(_ time: Duration) async {
            state.withLock { $0.pauses.append(time) }
            // A little, so that the test has its turn, too.
            do { try await Task.sleep(for: .milliseconds(1)) } catch {}
        }
    }

    /// Follows until the body is through.
    private func following(
        _ path: String, signOfLife: Duration = .seconds(3600), failing: Bool = false, _ body: (Heard) async throws -> Void
    ) async throws {
        let heard = Heard()
        let follower = ControlFollower(path: path, signOfLife: signOfLife) { await heard.pause($0) }
        let task = Task {
            await follower.run { news throws(ControlClientError) in
                heard.note(news)
                if failing, case .connected = news { throw ControlClientError.badReply("It isn't what I wanted.") }
            }
        }
        defer { task.cancel() }
        try await body(heard)
        task.cancel()
        await task.value
    }

    @Test("a daemon that is away is waited for; what it has comes first and then what happens; then comes another daemon")
    func comesAndGoes() async throws {
        try await withFolder { folder in
            let path = "\(folder)/control"
            try await following(path) { heard in
                try await eventually("it says that there is none") { heard.news.contains("still away") }
                #expect(heard.news.first == "away: uplinkd isn't running (no socket at \(path)): systemctl start uplinkd")
                #expect(heard.news.dropFirst().allSatisfy { $0 == "still away" })

                let first = try StubServer(path, StubHandler())
                await first.start()
                try await eventually("it follows") { heard.news.last == "4711: [1, 2, 3], we were first" }
                for id in 4...50 { first.publish(.sample(id)) }
                try await eventually("it hears all") { heard.news.last == "happened [50]" }
                #expect(heard.news.suffix(47) == (4...50).map { "happened [\($0)]" })
                await first.stop()
                try await eventually("it says that it has gone") { heard.news.last == "still away" }

                let handler = StubHandler()
                await handler.set(Status.sample.with { $0.pid = 2 })
                let second = try StubServer(path, handler)
                await second.start()
                try await eventually("it follows the other") { heard.news.last == "2: [1, 2, 3], we were first" }
                #expect(heard.news.count { $0.hasPrefix("4711: ") } == 1 && heard.news.count { $0.hasPrefix("2: ") } == 1)
                await second.stop()
            }
        }
    }

    @Test("one that ends at once, again and again, is asked ever less often, and told of once")
    func refused() async throws {
        var limits = VarlinkLimits()
        limits.clients = 0
        try await withServer(limits: limits) { _, _, path in
            try await following(path) { heard in
                try await eventually("it has tried for a while") { heard.pauses.count >= 9 }
                #expect(
                    Array(heard.pauses.prefix(9)) == [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000].map { Duration.milliseconds($0) })
                #expect(heard.news.first?.hasPrefix("away: uplinkd has no place for another client") == true)
                #expect(heard.news.dropFirst().allSatisfy { $0 == "still away" })
            }
        }
    }

    @Test("after a connection that has lasted the pauses begin anew")
    func backoff() {
        var backoff = Backoff()
        let pauses = (0..<8).map { _ in backoff.next(after: .seconds(5)) }
        #expect(pauses == [100, 200, 400, 800, 1600, 3200, 5000, 5000].map { Duration.milliseconds($0) })
        #expect(backoff.next(after: .milliseconds(5001)) == .milliseconds(100))
        #expect(backoff.next(after: .zero) == .milliseconds(200))
    }

    @Test("a sign of life comes every so often, and no event is lost or doubled by that")
    func alive() async throws {
        try await withServer { server, _, path in
            try await following(path, signOfLife: .milliseconds(1)) { heard in
                try await eventually("signs of life come") { heard.news.count { $0 == "alive" } >= 3 }
                for id in 4...200 { server.publish(.sample(id)) }
                try await eventually("it hears all") { heard.news.contains("happened [200]") }
                #expect(heard.news.filter { $0.hasPrefix("happened") } == (4...200).map { "happened [\($0)]" })
                #expect(heard.pauses == [])
            }
        }
    }

    @Test("what goes wrong with what is done about the news ends the connection, and it is tried again")
    func failing() async throws {
        try await withServer { server, _, path in
            try await following(path, failing: true) { heard in
                try await eventually("it tries again") { heard.news.count { $0.hasPrefix("4711: ") } >= 2 }
                #expect(
                    Array(heard.news.prefix(3)) == [
                        "4711: [1, 2, 3]", "away: uplinkd's answer makes no sense: It isn't what I wanted.", "4711: [1, 2, 3]",
                    ])
            }
            try await eventually("no connection is left") { await server.clientCount == 0 }
        }
    }

    @Test("a client that keeps no thread waiting: calls, streams, refusals, and somebody who doesn't answer")
    func client() async throws {
        try await withServer { server, _, path in
            let client = try AsyncClient<ControlError>(path: path)
            #expect(try await client.call(ControlMethod.status, NoParameters()).status == .sample)
            await #expect(throws: ControlClientError.refused(.unknownWAN(wan: "x", known: ["telkom", "smartfren"]))) {
                try await client.call(ControlMethod.quality, QualityParameters(wan: "x"))
            }
            var parameters = DrillParameters(wan: "telkom")
            parameters.seconds = 30
            try await client.begin(ControlMethod.drill, parameters)
            var steps: [String] = []
            while let reply: DrillReply = try await client.next(until: soon()), reply.progress.step != "over" {
                steps.append(reply.progress.step)
            }
            #expect(steps == ["begun", "failover"])
            // The last reply is out; the connection serves on.
            await #expect(throws: ControlClientError.connectionLost(path: path)) {
                let _: DrillReply? = try await client.next(until: soon())
            }
            #expect(try await client.call(ControlMethod.events, EventsParameters(last: 1)).events.map(\.id) == [3])

            try await client.begin(ControlMethod.events, EventsParameters(last: 0, follow: true))
            let past: EventsReply? = try await client.next(until: soon())
            #expect(past?.events == [])
            let waiting = Task { try await client.next(EventsReply.self, until: .now + .seconds(3600)) }
            waiting.cancel()
            #expect(try await waiting.value == nil)
            let nothing: EventsReply? = try await client.next(until: .now + .milliseconds(1))
            #expect(nothing == nil)
            server.publish(.sample(9))
            let new: EventsReply? = try await client.next(until: soon())
            #expect(new?.events.map(\.id) == [9])
        }
        try await withFolder { folder in
            // Opened and never started: it takes connections, and nothing more.
            let server = try StubServer("\(folder)/control", StubHandler())
            let client = try AsyncClient<ControlError>(path: server.path)
            await #expect(throws: ControlClientError.noAnswer(path: server.path)) {
                try await client.call(ControlMethod.status, NoParameters(), within: .milliseconds(20))
            }
            await server.stop()
            #expect(throws: ControlClientError.noSocket(path: server.path)) { try AsyncClient<ControlError>(path: server.path) }
        }
    }
}
