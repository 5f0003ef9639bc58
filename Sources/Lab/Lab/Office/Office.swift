internal import Glibc

/// Everybody's traffic at once, and what the lab itself knows of it: the truth that the daemon's counts are held against.
package struct Office: Sendable {
    package let workers: [Worker]
    private let lab: Lab

    package struct Worker: Sendable {
        package let client: Client
        package let role: Role
        let traffic: [Traffic]

        package var number: Int
        package var address: String { client.address }
        /// As the DHCP server's leases have it.
        package var name: String { "\(role.rawValue)-\(number)" }
        package var mac: String { Addresses.clientHardware(number) }
    }

    /// One program of a worker, and how it is ended: it tells by which WANs it got answers, and since when.
    struct Traffic: Sendable {
        let child: Child
        let end: @Sendable () async throws -> [SourceChange]
    }

    /// So many at a time: more would only wait for each other, and the first would not be ready in time.
    private static let together = 6

    fileprivate static func open(_ roles: [Role], in lab: Lab) async throws -> Office {
        // Somebody who has left is found out within seconds, not within a minute.
        try await lab.router.node.shell(
            """
            cd /proc/sys/net/ipv4/neigh/br0
            echo 2000 > base_reachable_time_ms; echo 1 > delay_first_probe_time; echo 200 > retrans_time_ms
            """)
        let names = roles.enumerated().map { index, role in
            "1900000000 \(Addresses.clientHardware(index + 1)) \(Addresses.client(index + 1)) \(role.rawValue)-\(index + 1) *\n"
        }
        try await Command.run(["tee", lab.leases], input: names.joined())
        let workers = try await each(Array(roles.enumerated())) { index, role in
            let client = lab.clients[index]
            return Worker(client: client, role: role, traffic: try await begin(role, client, lab), number: index + 1)
        }
        return Office(workers: workers, lab: lab)
    }

    private init(workers: [Worker], lab: Lab) {
        self.workers = workers
        self.lab = lab
    }

    private static func begin(_ role: Role, _ client: Client, _ lab: Lab) async throws -> [Traffic] {
        switch role {
        case .call: return [try await call(client, .ipv4), try await call(client, .ipv6)]
        case .chat:
            let handle = try await client.connection(every: .milliseconds(100))
            return [Traffic(child: handle.client) { try await handle.stop().sources }]
        case .browser:
            let handle = try await client.connections(every: .milliseconds(200))
            return [Traffic(child: handle.client) { try await handle.stop().sources }]
        case .listener, .leaving:
            let handle = try await client.path().download()
            return [
                Traffic(child: handle.client) {
                    _ = try await handle.stop()
                    return []
                }
            ]
        case .silent:
            // As the kernel has it when 1000 s have passed.
            try await lab.router.node.shell(
                """
                conntrack -I -s \(client.address) -d \(Addresses.server) -p tcp --sport 50000 --dport 443 --state ESTABLISHED \
                    -t $(($(cat /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established) - 1000)) -u SEEN_REPLY,ASSURED \
                    --src-nat \(Addresses.telkom.address) --mark 0x1000000 2>/dev/null
                """)
            fallthrough
        case .quiet, .present:
            guard try await client.node.canPing(Addresses.routerLAN, count: 3) else {
                throw LabError("the router doesn't answer \(client.address)")
            }
            return []
        case .blocked:
            let (traffic, port) = try await session(client, .ipv4)
            try await lab.smartfren.node.shell("iptables -w -A FORWARD -p udp --dport \(port) -j DROP")
            return [traffic]
        }
    }

    private static func call(_ client: Client, _ family: IPFamily) async throws -> Traffic { try await session(client, family).0 }

    private static func session(_ client: Client, _ family: IPFamily) async throws -> (Traffic, port: Int) {
        let handle = try await client.path(over: family).udpSessions(1, packetsPerSecond: 10)
        return (Traffic(child: handle.client) { try await handle.stop().flatMap { $0.back?.sources ?? [] } }, handle.port)
    }

    package func workers(_ role: Role) -> [Worker] { workers.filter { $0.role == role } }

    /// The quiet ones ask something, get their answer, and are silent from now on.
    package func lastWords() async throws {
        _ = try await Self.each(workers(.quiet)) { worker in
            guard try await worker.client.path().seenAs() != nil else { throw LabError("\(worker.address) gets no answer") }
        }
    }

    /// Those who leave do, and the router has noticed.
    package func leave() async throws {
        let leaving = workers(.leaving)
        for worker in leaving { try await worker.client.node.shell("ip link set eth0 down") }
        try await lab.eventually("the router knows that they have left") {
            let failed = try await lab.router.node.shell("ip neigh show dev br0 nud failed; ip neigh show dev br0 nud incomplete")
            return leaving.allSatisfy { failed.contains("\($0.address) ") }
        }
    }

    /// While they are stopped no session begins, so that two counts one after the other can be the same.
    package func holdBrowsers() { signalBrowsers(SIGSTOP) }
    package func letBrowsersGo() { signalBrowsers(SIGCONT) }

    private func signalBrowsers(_ number: Int32) {
        for worker in workers(.browser) { for traffic in worker.traffic { traffic.child.signal(number) } }
    }

    /// Ends all of it.
    package func close() async throws -> OfficeReport {
        OfficeReport(
            workers: try await Self.each(workers) { worker in
                var sources: [SourceChange] = []
                for traffic in worker.traffic { sources += try await traffic.end() }
                return (worker, sources)
            })
    }

    /// In the order of the elements, some at a time.
    private static func each<Element: Sendable, Result: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            for (index, element) in elements.enumerated() {
                if index >= together, let (index, result) = try await group.next() { results[index] = result }
                group.addTask { (index, try await body(element)) }
            }
            for try await (index, result) in group { results[index] = result }
            return elements.indices.compactMap { results[$0] }
        }
    }
}

extension Lab {
    /// The lease file of the office's DHCP server; it is there when the office is open.
    package var leases: String { "\(folder)/dnsmasq.leases" }

    /// One computer for each role; the lab has that many clients.
    package func openOffice(_ roles: [Role] = Role.office) async throws -> Office {
        guard roles.count == clients.count else { throw LabError("\(roles.count) roles for \(clients.count) clients") }
        return try await Office.open(roles, in: self)
    }
}

/// Who got which answers.
package struct OfficeReport: Sendable {
    package let workers: [(worker: Office.Worker, sources: [SourceChange])]

    /// By their addresses: when each had its first answer by that provider after that moment.
    package func firstAnswers(by provider: Provider, after moment: Moment) -> [String: Moment] {
        let known = [provider.address, provider.address6]
        var found: [String: Moment] = [:]
        for (worker, sources) in workers {
            found[worker.address] = sources.filter { $0.time > moment && known.contains($0.source) }.map(\.time).min()
        }
        return found
    }
}
