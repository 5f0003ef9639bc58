extension ISP {
    /// A real DHCP server at the provider's. The router loses what the lab has configured by hand; a DHCP client has to ask. The lease is
    /// renewed after 5 s.
    /// - Parameters:
    ///   - resolver: whom the lease names for questions.
    ///   - hardware: who may have the one address, one after the other. Empty: whoever comes first, for as long as his lease.
    package func startDHCPServer(resolver: String? = nil, hardware: [String] = []) async throws -> Child {
        try await router.node.shell(
            "ip -4 route flush dev \(provider.interface); ip -4 address flush dev \(provider.interface)")
        return try await serveDHCP(router: provider.gateway, resolver: resolver, hardware: hardware)
    }

    /// The same, for clients that have a lease. `gateway`: an address that the provider has from now on.
    package func restartDHCPServer(_ server: Child, gateway: String) async throws -> Child {
        try await server.stop()
        try await node.shell("ip address add \(gateway)/24 dev wan")
        return try await serveDHCP(router: gateway)
    }

    private func serveDHCP(router gateway: String, resolver: String? = nil, hardware: [String] = []) async throws -> Child {
        return try await node.start(
            "dnsmasq",
            [
                "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--port=0", "--interface=wan",
                // The interface goes and comes with a cut cable.
                "--bind-dynamic", "--pid-file=", "--no-ping", "--dhcp-authoritative",
                "--dhcp-leasefile=\(router.folder)/\(provider.name).leases",
                "--dhcp-range=\(provider.address),\(provider.address),255.255.255.0,120s",
                "--dhcp-option=option:router,\(gateway)",
                "--dhcp-option=option:T1,5", "--dhcp-option=option:T2,20", "--log-dhcp", "--log-facility=-",
            ] + (resolver.map { ["--dhcp-option=option:dns-server,\($0)"] } ?? [])
                + (hardware.isEmpty ? [] : ["--dhcp-host=\(hardware.joined(separator: ",")),\(provider.address)"]))
    }

    /// The lease that tells of the provider's resolver, as dhclient writes it.
    package func writeLease() async throws {
        let lease =
            "lease { interface \"\(provider.interface)\"; fixed-address \(provider.address); option routers \(provider.gateway); "
            + "option domain-name-servers \(provider.gateway); }"
        try await Command.run(["sh", "-c", "mkdir -p '\(router.folder)/dhcp'"])
        try await Command.run(["tee", "\(router.folder)/dhcp/dhclient.\(provider.interface).leases"], input: lease)
    }

    /// The provider's resolver, at its gateway's address: it answers its own customers, and knows every name.
    package func startOwnResolver() async throws -> Child {
        try await node.start(
            "resolver of \(provider.name)",
            [
                "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--interface=wan", "--except-interface=lo",
                "--bind-dynamic", "--pid-file=", "--no-resolv", "--no-hosts", "--address=/example/\(Addresses.server)", "--log-queries",
                "--log-facility=-",
            ])
    }
}
