import Lab
import Testing

extension InNamespaces {
    @Suite("The traffic programs tell the truth")
    struct TrafficTests {
        @Test("a stream on a whole line loses nothing and keeps its pace")
        func stream() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                let stream = try await lab.client.stream(packetsPerSecond: 200)
                try await lab.eventually("packets are out") {
                    try await lab.telkom.node.run(["cat", "/proc/net/dev"]).packetsReceived(by: "wan") > 200
                }
                let report = try await stream.stop()
                #expect(report.sent > 190)
                #expect(report.lost == 0)
                #expect(report.refused == 0)
                #expect(report.there.sources.map(\.source) == [Addresses.telkom.address])
                #expect(report.back?.sources.map(\.source) == [Addresses.telkom.address])
            }
        }

        @Test("a TCP connection breaks at a failover, and the report says when and what came after")
        func connection() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                let connection = try await lab.client.connection()
                let connections = try await lab.client.connections(every: .milliseconds(20))
                try await lab.eventually("telkom carries") { try await lab.client.wayOut()?.name == "telkom" }
                let fault = try await lab.telkom.cutCable()
                try await lab.eventually("smartfren carries") { try await lab.client.wayOut()?.name == "smartfren" }
                try await lab.eventually("the connection was reset and made anew") {
                    try await lab.smartfren.node.run(["cat", "/proc/net/dev"]).packetsReceived(by: "wan") > 100
                }
                let lasting = try await connection.stop()
                #expect(lasting.breaks.count == 1)
                let broken = try #require(lasting.breaks.first)
                #expect(broken.time > fault.began)
                #expect(broken.reason == "Connection reset by peer")
                #expect(broken.reconnected != nil)
                #expect(lasting.sources.map(\.source) == [Addresses.telkom.address, Addresses.smartfren.address])
                #expect(lasting.worstStallMilliseconds > 0)
                let many = try await connections.stop()
                #expect(many.sources.map(\.source) == [Addresses.telkom.address, Addresses.smartfren.address])
                #expect(many.answered > 10)
                #expect(many.answered + many.failed + many.unfinished == many.attempts)
            }
        }

        @Test("what can't leave counts as refused or lost, never as arrived")
        func refused() async throws {
            try await Lab.with { lab in
                try await lab.client.node.run(["ip", "route", "del", "default"])
                let stream = try await lab.client.stream(packetsPerSecond: 500)
                #expect(try await lab.client.wayOut() == nil)
                let report = try await stream.stop()
                #expect(report.sent > 0)
                #expect(report.refused == report.sent)
                #expect(report.there.received == 0)
            }
        }

        @Test("a process's usage can be read, and is its own")
        func usage() async throws {
            try await Lab.with { lab in
                let stream = try await lab.client.stream()
                let usage = try await ProcessUsage.read(stream.client.processIdentifier)
                #expect(usage.threads >= 1)
                #expect(usage.residentKiB > usage.privateKiB)
                #expect(usage.privateKiB > 100)
            }
        }

        @Test("what a process does is counted with the threads that have ended")
        func meter() async throws {
            try await Lab.with { lab in
                let program = """
                    import threading, time
                    def sleep():
                        for _ in range(20): time.sleep(0.001)
                    while True:
                        threads = [threading.Thread(target=sleep) for _ in range(10)]
                        for thread in threads: thread.start()
                        for thread in threads: thread.join()
                    """
                let child = try await lab.client.node.start("threads", ["python3", "-c", program])
                let process = child.processIdentifier
                let meter = try ProcessMeter(process)
                try await lab.eventually("the threads have slept", within: .seconds(120)) { try meter.read().switches > 4000 }
                let text = try await Shell.run("cat /proc/\(process)/task/*/status | awk '/ctxt_switches/ {sum += $2} END {print sum}'")
                let ofLiving = try #require(Int(text.filter(\.isNumber)))
                // All that they do between their sleeps is to start and to join.
                #expect(try meter.read().switches > 3 * ofLiving)
                #expect(try meter.read().cpu > .milliseconds(1))
            }
        }

        @Test("a stream's sender sleeps between its packets")
        func lowCPU() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                let stream = try await lab.client.stream(packetsPerSecond: 200)
                let before = try await ProcessUsage.read(stream.client.processIdentifier)
                try await lab.eventually("two seconds' packets are out") {
                    try await lab.telkom.node.run(["cat", "/proc/net/dev"]).packetsReceived(by: "wan") > 400
                }
                let after = try await ProcessUsage.read(stream.client.processIdentifier)
                // A busy loop would take all of it.
                #expect((after.cpu - before.cpu) * 3 < after.taken - before.taken)
            }
        }
    }
}
