extension Internet {
    /// A resolver at the first target, or at another one. `stop` it, and it is dead.
    @discardableResult
    package func startResolver(_ mode: DNSServer.Mode = .answers, at target: Int = 0) async throws -> Child {
        try await node.startResolver(at: targets[target], port: 53, mode)
    }

    /// A web server where `Addresses.checkName` leads. `stop` it, and connections are refused.
    @discardableResult
    package func startWebServer(_ response: HTTPServer.Response = .init()) async throws -> Child {
        try await node.startWebServer(at: server, port: 80, response)
    }

    /// A web server with pages of any length, at the server's address of either family.
    @discardableResult
    package func startSpeedServer(port: Int = 80) async throws -> Child {
        try await node.startTraffic("speed server on port \(port)", ["speed-serve", "--address", "::", "--port", "\(port)"])
    }
}

extension ISP {
    /// Whatever web server a customer asks, the provider's own page answers. Only new connections see it.
    package func openPortal(_ response: HTTPServer.Response = .portal()) async throws -> Hijack {
        let server = try await node.startWebServer(at: provider.gateway, port: 8080, response)
        return try await hijack("tcp", port: 80, server, port: 8080)
    }

    /// Whatever resolver a customer asks, the provider's own answers.
    package func hijackDNS(_ mode: DNSServer.Mode = .lies) async throws -> Hijack {
        let server = try await node.startResolver(at: provider.gateway, port: 5353, mode)
        return try await hijack("udp", port: 53, server, port: 5353)
    }

    private func hijack(_ transport: String, port: Int, _ server: Child, port own: Int) async throws -> Hijack {
        let rule = "PREROUTING -i wan -p \(transport) --dport \(port) -j DNAT --to-destination \(provider.gateway):\(own)"
        return Hijack(isp: self, server: server, rule: rule, began: try await node.timed("iptables -w -t nat -A \(rule)"))
    }
}

/// A provider that answers in others' names.
package struct Hijack: Sendable {
    let isp: ISP
    let server: Child
    let rule: String
    package let began: FaultTime

    package func stop() async throws {
        try await isp.node.run(["sh", "-c", "iptables -w -t nat -D \(rule)"])
        try await server.stop()
    }
}

extension Node {
    fileprivate func startResolver(at address: String, port: Int, _ mode: DNSServer.Mode) async throws -> Child {
        try await startTraffic(
            "resolver at \(address)",
            [
                "dns-serve", "--address", address, "--port", "\(port)", "--name", Addresses.checkName, "--a", Addresses.server, "--aaaa",
                Addresses.server6, "--mode", mode.rawValue,
            ])
    }

    fileprivate func startWebServer(at address: String, port: Int, _ response: HTTPServer.Response) async throws -> Child {
        try await startTraffic(
            "web server at \(address)",
            ["http-serve", "--address", address, "--port", "\(port)", "--status", "\(response.status)", "--body", response.body]
                + (response.location.map { ["--location", $0] } ?? []))
    }
}
