/// Everything beyond the providers: the probe targets, and the servers that the clients talk to.
package struct Internet: Sendable {
    package let node: Node

    /// Where the servers are.
    package var server: String { Addresses.server }
    package var targets: [String] { Addresses.targets }
    /// After `silence`: nobody refuses what is sent there.
    var silentAddress: String { Addresses.server }

    /// Nothing comes back from port 81 of the server.
    package func silence() async throws { try await node.shell("iptables -w -A INPUT -p tcp --dport 81 -j DROP") }

    /// Counts, from now on, what is asked of the targets by TCP to ports 80 and 443 and by UDP to port 53.
    package func countQuestions() async throws {
        try await node.shell(
            Addresses.targets.flatMap { target in
                ["tcp --dport 80 --syn", "tcp --dport 443 --syn", "udp --dport 53"].map {
                    "iptables -w -t raw -A PREROUTING -d \(target) -p \($0) -m comment --comment question"
                }
            }.joined(separator: "\n"))
    }

    package func questions() async throws -> Int {
        let text = try await node.run(["iptables", "-w", "-t", "raw", "-nvxL", "PREROUTING"])
        return text.split(separator: "\n").filter { $0.contains("question") }.reduce(0) { sum, line in
            sum + (line.split(separator: " ").first.flatMap { Int($0) } ?? 0)
        }
    }

    /// This target answers so many pings a second; the others of them go unanswered. Big resolvers do it. `eachAsker`: so many to each
    /// address, or so many in all.
    @discardableResult
    package func limitPings(of target: String, perSecond: Int, eachAsker: Bool = true) async throws -> FaultTime {
        let limit =
            eachAsker
            ? "hashlimit --hashlimit-name \(target) --hashlimit-mode srcip --hashlimit-upto \(perSecond)/s --hashlimit-burst \(perSecond)"
            : "limit --limit \(perSecond)/s --limit-burst \(perSecond)"
        return try await node.timed(
            """
            iptables -w -A INPUT -p icmp -d \(target) -m \(limit) -j ACCEPT
            iptables -w -A INPUT -p icmp -d \(target) -j DROP
            """)
    }

    /// This target is dead, for everybody.
    @discardableResult
    package func killTarget(_ target: String) async throws -> FaultTime {
        try await node.timed("iptables -w -A INPUT -d \(target) -j DROP")
    }

    /// This target answers no pings of more than so many bytes.
    @discardableResult
    package func refuseLongPings(of target: String, over bytes: Int) async throws -> FaultTime {
        let program = target.contains(":") ? "ip6tables" : "iptables"
        let kind = target.contains(":") ? "-p icmpv6" : "-p icmp"
        return try await node.timed("\(program) -w -A INPUT \(kind) -d \(target) -m length --length \(bytes + 1):65535 -j DROP")
    }

    /// Undoes `limitPings`, `killTarget` and, by IPv4, `refuseLongPings`.
    @discardableResult
    package func reviveTargets() async throws -> FaultTime {
        try await node.timed("iptables -w -F INPUT")
    }
}
