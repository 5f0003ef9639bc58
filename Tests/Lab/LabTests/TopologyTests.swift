import Lab
import Testing

extension BesideOthers {
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
                let metrics = routes.map { $0.metric ?? 0 }
                #expect(metrics == [0, 0])
                #expect(routes.map(\.protocol) == ["16", "16"])
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
            try await Lab.with(clients: 60) { lab in
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
            #expect(try await namespaces(of: name) == [])
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
            #expect(text.contains("UDP stream from \(name)-client1"))
            #expect(try await namespaces(of: name) == [])
            #expect(processes.count == 2)
            for process in processes { #expect(!runs(process)) }
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
            let first = await names.first { _ in true }
            let name = try #require(first)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await namespaces(of: name) == [])
        }

        @Test("a lab whose process was killed is removed by `clean`, and its children are gone before; one that lives is left alone")
        func clean() async throws {
            try await Lab.with { living in
                let program = living.programs.lab
                let output = try await Shell.run(
                    """
                    \(program) up --static-routes --stream >\(living.folder)/up & lab=$!
                    tries=0
                    until grep -q '^A lab stands' \(living.folder)/up || [ $tries -gt 1000 ]; do tries=$((tries + 1)); sleep 0.01; done
                    children=$(ip netns pids ul$lab-1-client1; ip netns pids ul$lab-1-internet)
                    kill -9 $lab
                    wait $lab || true
                    for child in $children; do echo "child $child"; done
                    echo "owner $lab"
                    """)
                let lines = output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
                let last = lines.first { $0.first == "owner" }?.last
                let owner = try #require(last)
                let children = lines.filter { $0.first == "child" }.compactMap { $0.last.flatMap(Int32.init) }
                #expect(children.count == 2)
                try await living.eventually("the children are dead") { !children.contains(where: runs) }
                let removed = Set(
                    try await Shell.run("\(program) clean").split(separator: "\n").map { String($0.dropFirst("removed ".count)) })
                let all = ["router", "telkom", "smartfren", "internet", "client1"].map { "ul\(owner)-1-\($0)" }
                #expect(removed.isSuperset(of: all))
                #expect(removed.contains("/run/uplinkd-lab/\(owner)"))
                #expect(try await namespaces(of: "ul\(owner)-1") == [])
                #expect(try await namespaces(of: living.name).count == 5)
            }
        }
    }
}
