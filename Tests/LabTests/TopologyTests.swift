import Lab
import Testing

extension InNamespaces {
    @Suite("The lab itself")
    struct TopologyTests {
        @Test("the client reaches the targets and the server, and is seen with telkom's address")
        func works() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                for address in lab.internet.targets + [lab.internet.server, Addresses.telkom.gateway] {
                    try lab.require("the client can ping \(address)", try await lab.client.node.canPing(address))
                }
                #expect(try await lab.client.wayOut()?.name == "telkom")
            }
        }

        @Test("routes of DHCP clients without a metric: both are there, telkom's first")
        func metricZero() async throws {
            try await Lab.with(options: LabOptions(metrics: .zero)) { lab in
                let routes = try await lab.router.defaultRoutes()
                #expect(routes.map(\.dev) == ["eth0", "usb0"])
                #expect(routes.allSatisfy { ($0.metric ?? 0) == 0 && $0.protocol == "16" })
            }
        }

        @Test("a provider drops a source that isn't its customer's, on the way to the Internet and to itself")
        func spoofing() async throws {
            try await Lab.with { lab in
                // Without masquerade the client's own address gets as far as the provider.
                try await lab.router.useStaticRoutes()
                try await lab.router.flushNAT()
                #expect(try await lab.telkom.spoofedPackets() == 0)
                #expect(try await !lab.client.node.canPing(lab.internet.server))
                #expect(try await !lab.client.node.canPing(Addresses.telkom.gateway))
                #expect(try await lab.telkom.spoofedPackets() == 2)
            }
        }

        @Test("sixty clients, each with its own way through")
        func manyClients() async throws {
            let began = Moment.now
            try await Lab.with(clients: 60) { lab in
                print("a lab with 60 clients stands after \(Int((Moment.now - began).milliseconds)) ms")
                try await lab.router.useStaticRoutes()
                for client in [lab.clients[0], lab.clients[59]] { #expect(try await client.wayOut()?.name == "telkom") }
            }
        }

        @Test("nothing in the host's namespace changes, and nothing is left afterwards")
        func leavesNothing() async throws {
            let before = try await hostLinks()
            let name = try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                _ = try await lab.client.stream()
                #expect(try await hostLinks() == before)
                return lab.name
            }
            #expect(try await hostLinks() == before)
            #expect(try await Cleanup.namespaces().filter { $0.hasPrefix(name) } == [])
        }

        @Test("after a failure nothing is left either, and the failure shows the router and what ran")
        func leavesNothingOnFailure() async throws {
            var name = ""
            var processes: [Int32] = []
            let error = await #expect(throws: LabError.self) {
                try await Lab.with { lab in
                    name = lab.name
                    try await lab.router.useStaticRoutes()
                    let stream = try await lab.client.stream()
                    processes = [stream.client.processIdentifier, stream.server.processIdentifier]
                    try lab.require("two and two make five", 2 + 2 == 5)
                }
            }
            let text = try #require(error).description
            #expect(text.contains("two and two make five"))
            #expect(text.contains("-A POSTROUTING -o eth0 -j MASQUERADE"))
            #expect(text.contains("UDP stream from 192.168.88.11"))
            #expect(try await Cleanup.namespaces().filter { $0.hasPrefix(name) } == [])
            #expect(processes.count == 2)
            for process in processes { #expect(!exists(process)) }
        }

        @Test("a condition that never holds fails with its sentence and its last error")
        func eventuallyFails() async throws {
            let error = await #expect(throws: LabError.self) {
                try await Lab.with { lab in
                    try await lab.eventually("pigs fly", within: .milliseconds(100)) { throw LabError("no wings") }
                }
            }
            let text = try #require(error).description
            #expect(text.contains("pigs fly"))
            #expect(text.contains("no wings"))
        }

        @Test("a cancelled lab is taken down")
        func cancellation() async throws {
            let (names, report) = AsyncStream<String>.makeStream()
            let task = Task {
                try await Lab.with { lab in
                    report.yield(lab.name)
                    try await Task.sleep(for: .seconds(600))
                }
            }
            let name = try #require(await names.first { _ in true })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await Cleanup.namespaces().filter { $0.hasPrefix(name) } == [])
        }
    }
}
