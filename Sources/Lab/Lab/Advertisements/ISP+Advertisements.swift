extension ISP {
    /// What this provider's gateway says of itself from now on, at once and every so often. Replaces what it said before.
    @discardableResult
    package func advertise(lifetime: Duration = .seconds(1800), every interval: Duration? = nil) async throws -> FaultTime {
        let began = Moment.now
        try await advertiser.start(in: self, lifetime: lifetime, interval: interval)
        return FaultTime(began: began, ended: .now)
    }

    /// From now on no advertisement is sent, and nobody is told: what was said holds for its lifetime.
    @discardableResult
    package func stopAdvertising() async throws -> FaultTime {
        let began = Moment.now
        try await advertiser.stop()
        return FaultTime(began: began, ended: .now)
    }

    /// Another box is the gateway of IPv6, with another link-local address. `goodbye`: the old one first says that it is none any longer (a
    /// lifetime of 0), as a router does that is shut down in good order.
    @discardableResult
    package func moveGateway6(goodbye: Bool = true) async throws -> FaultTime {
        try await changeGateway6(to: Provider.otherLinkLocalGateway, from: Provider.linkLocalGateway, goodbye: goodbye)
    }

    @discardableResult
    package func moveGateway6Back(goodbye: Bool = true) async throws -> FaultTime {
        try await changeGateway6(to: Provider.linkLocalGateway, from: Provider.otherLinkLocalGateway, goodbye: goodbye)
    }

    private func changeGateway6(to new: String, from old: String, goodbye: Bool) async throws -> FaultTime {
        let began = Moment.now
        if goodbye { try await advertiser.start(in: self, lifetime: .zero) }
        try await advertiser.stop()
        try await node.shell("ip address del \(old)/64 dev wan; ip address replace \(new)/64 dev wan nodad")
        try await advertiser.start(in: self, source: new)
        return FaultTime(began: began, ended: .now)
    }
}

/// The sender of one provider's advertisements, while there is one.
actor AdvertiserKeeper {
    private let interval: Duration?
    private var child: Child?
    private var source = Provider.linkLocalGateway

    init(every interval: Duration?) { self.interval = interval }

    func start(
        in isp: ISP, lifetime: Duration = .seconds(1800), interval: Duration? = nil, source: String? = nil
    ) async throws {
        guard let interval = interval ?? self.interval else { throw LabError("this lab has no router advertisements (LabOptions)") }
        try await stop()
        if let source { self.source = source }
        child = try await isp.node.startTraffic(
            "router advertisements of \(isp.provider.name)",
            [
                "advertise", "--interface", "wan", "--source", self.source, "--prefix", isp.provider.prefix6, "--lifetime",
                "\(lifetime.components.seconds)", "--interval-ms", "\(Int(interval.milliseconds))",
            ])
    }

    func stop() async throws {
        try await child?.stop()
        child = nil
    }
}
