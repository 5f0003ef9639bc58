extension ISP {
    /// Beyond the gateway, which answers as before, the way becomes this long: for probes and clients alike, also by IPv6. Each call replaces
    /// what the last one said; packets that are under way keep their time.
    @discardableResult
    package func delay(_ delay: Duration, jitter: Duration = .zero) async throws -> FaultTime {
        try await set(Conditions(delay: delay, jitter: jitter))
    }

    /// No more than so much goes through, both ways together.
    @discardableResult
    package func limitRate(kilobits: Int, delay: Duration = .zero) async throws -> FaultTime {
        try await set(Conditions(delay: delay, rate: kilobits))
    }

    /// Everything is lost for `length`, at random moments that are `every` apart on average.
    @discardableResult
    package func loseBursts(of length: Duration, every: Duration) async throws -> FaultTime {
        try await set(Conditions(bursts: .init(of: length, every: every)))
    }

    @discardableResult
    package func set(_ conditions: Conditions) async throws -> FaultTime {
        // Read back by the relay's own parser first: a relay that ends over a bad line would undo the delay instead.
        _ = try Conditions(line: conditions.line)
        return try await node.timed("echo '\(conditions.line)' > \(try await relay.start(in: self))")
    }

    /// The straight way again.
    package func delayNothing() async throws { try await relay.stop() }

    /// While there is a relay, a line of `Conditions` written to this file changes what it does.
    package var relayControl: String { relay.control }

    /// Everything that comes in by `wan` or `core` is marked, and what is marked and isn't for the box itself goes to the relay's device; what
    /// comes out of that isn't marked and is routed as always.
    fileprivate var relayScript: String {
        """
        ip link set \(Relay.defaultDevice) addrgenmode none txqueuelen 4096
        ip link set \(Relay.defaultDevice) up
        echo 0 > /proc/sys/net/ipv4/conf/\(Relay.defaultDevice)/rp_filter
        for family in 4 6; do
            ip -$family route replace default dev \(Relay.defaultDevice) table 100
            ip -$family rule show pref 10 | grep -q fwmark || ip -$family rule add pref 10 fwmark 1 lookup 100
        done
        iptables -w -t raw -C PREROUTING -i core -j MARK --set-mark 1 2>/dev/null || {
            for interface in wan core; do
                iptables -w -t raw -A PREROUTING -i $interface -j MARK --set-mark 1
                ip6tables -w -t raw -A PREROUTING -i $interface -j MARK --set-mark 1
            done
        }
        """
    }
}

extension Relay {
    static let defaultDevice = "relay"
}

/// The relay of one provider, while there is one.
actor RelayKeeper {
    nonisolated let control: String
    private var child: Child?

    init(control: String) { self.control = control }

    /// Where its orders are written to.
    func start(in isp: ISP) async throws -> String {
        if let child, child.isRunning { return control }
        child = try await isp.node.startTraffic(
            "relay of \(isp.provider.name)",
            ["relay", "--device", Relay.defaultDevice, "--control", control])
        try await isp.node.shell(isp.relayScript)
        return control
    }

    func stop() async throws {
        try await child?.stop()
        child = nil
    }
}
