import Control
import ControlFixtures
import ControlProtocol
import FoundationEssentials
import Glibc
import Testing
import Varlink

@Suite struct StreamTests {
    @Test("a follower gets the latest events, and then each new one in order")
    func follow() async throws {
        try await withServer { server, _, path in
            try await blocking {
                var replies = try ControlClient(path: path).follow(last: 1)
                #expect(try replies.next(until: soon())?.events.map(\.id) == [3])
                for id in 4...50 { server.publish(.sample(id)) }
                for id in 4...50 { #expect(try replies.next(until: soon())?.events.map(\.id) == [id]) }
            }
        }
    }

    @Test("what happens while the past is being read is neither lost nor told twice")
    func noGap() async throws {
        try await withServer { server, handler, path in
            // 3 is in the past already, 4 isn't.
            await handler.duringEvents {
                server.publish(.sample(3))
                server.publish(.sample(4))
            }
            try await blocking {
                var replies = try ControlClient(path: path).follow(last: nil)
                #expect(try replies.next(until: soon())?.events.map(\.id) == [1, 2, 3])
                server.publish(.sample(5))
                #expect(try replies.next(until: soon())?.events.map(\.id) == [4])
                #expect(try replies.next(until: soon())?.events.map(\.id) == [5])
            }
        }
    }

    @Test("a watcher gets the status at once and after a change")
    func watch() async throws {
        try await withServer { server, handler, path in
            let changed = Status.sample.with { $0.selection.wan = "smartfren" }
            async let seen = blocking {
                var replies = try ControlClient(path: path).watch()
                return [try replies.next(until: soon())?.status, try replies.next(until: soon())?.status]
            }
            try await eventually("it has asked") { await handler.statusReads == 1 }
            await handler.set(changed)
            server.publishStatusChange()
            #expect(try await seen == [.sample, changed])
        }
    }

    @Test("a change while the first status is being read is not missed")
    func changeDuringFirstStatus() async throws {
        try await withServer { server, handler, path in
            let changed = Status.sample.with { $0.problems = ["changed"] }
            await handler.duringStatus(changed) { server.publishStatusChange() }
            let seen = try await blocking {
                var replies = try ControlClient(path: path).watch()
                return [try replies.next(until: soon())?.status, try replies.next(until: soon())?.status]
            }
            #expect(seen == [.sample, changed])
        }
    }

    @Test("many changes may become one status, but the last of them is told")
    func burst() async throws {
        try await withServer { server, handler, path in
            let changed = Status.sample.with { $0.problems = ["changed"] }
            async let seen = blocking {
                var replies = try ControlClient(path: path).watch()
                while try replies.next(until: soon())?.status != changed {}
                return true
            }
            try await eventually("it has asked") { await handler.statusReads == 1 }
            for _ in 0..<100 { server.publishStatusChange() }
            await handler.set(changed)
            server.publishStatusChange()
            #expect(try await seen)
            #expect(await handler.statusReads <= 102)
        }
    }

    @Test("however many watch, the status is read once for a change, and all get it")
    func shared() async throws {
        try await withServer { server, handler, path in
            let watchers = 12
            let changed = Status.sample.with { $0.problems = ["changed"] }
            async let seen = withThrowingTaskGroup(of: [Status?].self) { group in
                for _ in 0..<watchers {
                    group.addTask {
                        try await blocking {
                            var replies = try ControlClient(path: path).watch()
                            return [try replies.next(until: soon())?.status, try replies.next(until: soon())?.status]
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await eventually("all have asked") { await handler.statusReads == watchers }
            await handler.set(changed)
            server.publishStatusChange()
            #expect(try await seen == Array(repeating: [.sample, changed], count: watchers))
            #expect(await handler.statusReads == watchers + 1)
        }
    }

    @Test("nobody's status is read when nobody watches")
    func noWatchers() async throws {
        try await withServer { server, handler, path in
            server.publishStatusChange()
            let answer = try await status(at: path)
            #expect(answer == .sample)
            #expect(await handler.statusReads == 1)
        }
    }

    @Test("a follower that has gone is forgotten, and the others go on")
    func gone() async throws {
        try await withServer { server, _, path in
            try await blocking {
                var stays = try ControlClient(path: path).follow(last: 0)
                #expect(try stays.next(until: soon())?.events == [])
                do {
                    var goes = try ControlClient(path: path).follow(last: 0)
                    #expect(try goes.next(until: soon())?.events == [])
                }
                server.publish(.sample(4))
                server.publish(.sample(5))
                #expect(try stays.next(until: soon())?.events.map(\.id) == [4])
                #expect(try stays.next(until: soon())?.events.map(\.id) == [5])
            }
            try await eventually("all clients are forgotten") { await server.clientCount == 0 }
        }
    }
}
