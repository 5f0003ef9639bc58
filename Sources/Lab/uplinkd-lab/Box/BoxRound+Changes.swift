import Lab

/// What changes on a box that works.
extension BoxRound {
    private func configure(_ configuration: DaemonConfiguration) async throws {
        try await box.write(configuration.text, to: "/etc/uplinkd/uplinkd.yaml")
        try await box.run("systemctl reload uplinkd")
    }

    /// A modem that draws another address each time, in another port: known by its driver, as nothing else here has that one.
    func otherMAC() async throws {
        let own = DaemonConfiguration.office(interfaces: interfaces)
        let match = "match: {driver: cdc_ether}"
        try await configure(DaemonConfiguration(text: own.text.replacing("interface: \(interfaces.smartfren)", with: match)))
        try await box.settle()
        let unplugged = try await box.run("uplinkctl events --last 1 --json")
        _ = try await box.unplugModem()
        let plugged = Moment.now
        try await box.plugModem(Modem(port: 3, hardware: Box.otherModemHardware))
        try await box.settle()
        let status = try await box.status()
        let interface = status.wan(Addresses.smartfren)?.interface
        hold("with another MAC the modem isn't smartfren: \(interface ?? "nothing") (\(unplugged))", interface == Box.otherModem)
        note("modem with another MAC in another port", "up as smartfren after \(seconds(Moment.now - plugged))")
        _ = try await box.unplugModem()
        try await box.plugModem(Modem())
        try await box.settle()
        try await configure(own)
        try await box.settle()
    }

    /// Addresses and names from the package, through a failover.
    func lan() async throws {
        let lab = box.lab
        let resolvers = (try await lab.telkom.startOwnResolver(), try await lab.smartfren.startOwnResolver())
        try await configure(.office(service: ["address: \(Addresses.routerLAN)/24"], interfaces: interfaces))
        try await box.run("systemctl enable uplinkd-lan; systemctl reload-or-restart uplinkd-lan")
        let lease = try await lab.client.lease(folder: lab.folder)
        hold("a client has no lease: \(lease)", lease.contains("option routers \(Addresses.routerLAN);"))
        try await lab.eventually("the LAN asks telkom's resolver", within: .seconds(300), every: .seconds(1)) {
            try await self.box.run("cat /run/uplinkd-lan/resolvers").contains(Addresses.telkom.gateway)
        }
        let names = try await lab.client.names(perSecond: 20)
        try await box.cutCable()
        try await lab.eventually("new sessions leave by smartfren", within: .seconds(300), every: .milliseconds(250)) {
            try await lab.client.wayOut()?.name == Addresses.smartfren.name
        }
        try await lab.eventually("the LAN asks smartfren's resolver", within: .seconds(300), every: .milliseconds(250)) {
            try await self.box.run("cat /run/uplinkd-lan/resolvers").contains(Addresses.smartfren.gateway)
        }
        try await box.plugCable()
        try await box.settle()
        let report = try await names.stop()
        note(
            "names, cable cut and plugged",
            "\(report.unanswered.count + report.failed) of \(report.asked) without an answer, the slowest after \(seconds(report.slowest))")
        hold("names without an answer: \(report)", report.unanswered.isEmpty && report.failed == 0)
        for (resolver, provider) in [(resolvers.0, Addresses.telkom), (resolvers.1, Addresses.smartfren)] {
            hold("\(provider.name)'s resolver was never asked", resolver.log.contains("query["))
            try await resolver.stop()
        }
        try await box.run("systemctl disable --now uplinkd-lan")
        try await configure(.office(interfaces: interfaces))
        try await box.settle()
    }

    /// The same packages once more, as an upgrade does it, while a call goes on.
    func upgrade() async throws {
        let before = try await box.run("systemctl show -P MainPID uplinkd")
        let call = try await box.lab.client.stream(packetsPerSecond: 50)
        try await box.upgrade()
        try await box.settle()
        let report = try await call.stop()
        let longest = report.back?.longestGap?.length ?? .zero
        note("upgrade", "\(report.lost) of \(report.sent) packets lost, the call silent for \(milliseconds(longest)) at most")
        hold("an upgrade lost \(report.lost) packets of a call", report.lost == 0)
        hold("an upgrade didn't restart the daemon", try await box.run("systemctl show -P MainPID uplinkd") != before)
    }

    /// A clock that is set by days, as on a box without a battery.
    func clock() async throws {
        for days in ["3 days", "-6 days", "3 days"] {
            let before = try await box.run("uplinkctl events --last 1000 --json | grep -c '\"kind\":\"selection\"' || true")
            try await box.run("date -s '\(days)' >/dev/null")
            // A dozen rounds of questions.
            try await box.lab.eventually("the daemon has gone on asking", within: .seconds(300), every: .seconds(1)) {
                let sent = try await self.box.run("uplinkctl metrics | awk '$1 == \"uplinkd_probes_sent_total\" { print int($2) }'")
                self.asked.append(Int(sent.filter(\.isNumber)) ?? 0)
                return (self.asked.last ?? 0) - (self.asked.first ?? 0) > 50
            }
            asked = []
            let after = try await box.run("uplinkctl events --last 1000 --json | grep -c '\"kind\":\"selection\"' || true")
            hold("with the clock \(days) off there was a switch", before == after)
            try await box.settle()
        }
        note("clock set by 3, -6 and 3 days", "no switch; both WANs up")
    }
}

extension Client {
    /// What a DHCP server on the LAN gives, as dhclient writes it down; the client's own address stays as it is.
    fileprivate func lease(folder: String) async throws -> String {
        try await node.shell(
            "set +e; dhclient -4 -1 -v -sf /bin/true -lf \(folder)/client.leases -pf \(folder)/client.pid eth0; cat \(folder)/client.leases; "
                + "kill $(cat \(folder)/client.pid)")
    }
}
