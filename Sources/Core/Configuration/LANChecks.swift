import Model

/// What the keys of `lan` have to do with each other, and with the WANs.
extension FileDraft {
    func checkLAN(_ problems: inout Problems) {
        guard case .given(.some(let address), let mark) = lan.address else { return checkUnused(&problems) }
        checkInterfaces(&problems)
        checkPool(address, mark, &problems)
        checkHosts(address, &problems)
        checkNetworks(address, mark, &problems)
    }

    /// Without an address nothing is served, so whoever wrote one of the others has forgotten it.
    private func checkUnused(_ problems: inout Problems) {
        let others: [(String, Mark?)] = [
            ("ports", lan.ports.mark), ("dhcp.range", lan.dhcp.pool.mark), ("dhcp.lease-time", lan.dhcp.leaseTime.mark),
            ("dhcp.domain", lan.dhcp.domain.mark), ("dhcp.hosts", lan.dhcp.hosts.mark), ("dns.upstream", lan.dns.upstream.mark),
            ("dns.names", lan.dns.names.mark),
        ]
        guard lan.address.isAbsent, let (name, mark) = others.first(where: { $0.1 != nil }) else { return }
        problems.error(
            "'lan.\(name)' needs 'lan.address'", at: mark, hint: "give this box an address on the LAN, such as 'address: 10.77.0.1/24'")
    }

    private func checkInterfaces(_ problems: inout Problems) {
        let interfaces = lan.interfaces.readable ?? []
        if let other = interfaces.dropFirst().first {
            problems.warning(
                "'\(other.value)' isn't served: 'lan.address' is for the first of 'lan.interfaces'", at: other.mark,
                hint: "to make one network of several ports, list them in 'lan.ports'")
        }
        let byWAN = Dictionary(wans.compactMap { wan in wan.interface.value().map { ($0, wan.name.value) } }) { first, _ in first }
        for port in lan.ports.readable ?? [] {
            if let wan = byWAN[port.value] {
                problems.error(
                    "'\(port.value)' is the interface of WAN \(quoted(wan))", at: port.mark,
                    hint: "a port of the LAN can't be a WAN as well")
            }
            if interfaces.contains(where: { $0.value == port.value }) {
                problems.error(
                    "'\(port.value)' is the LAN's interface, and can't be a port of itself", at: port.mark,
                    hint: "name the bridge in 'lan.interfaces', such as '[br0]', and its ports here")
            }
        }
    }

    private func checkPool(_ address: IPv4Prefix, _ mark: Mark, _ problems: inout Problems) {
        switch lan.dhcp.pool {
        case .given(.range(let range), let mark):
            guard let hosts = address.hosts, hosts.contains(range.first), hosts.contains(range.last) else {
                problems.error(
                    "'\(range)' isn't inside the LAN's network", at: mark,
                    hint: address.hosts.map { "that has \($0)" })
                return
            }
            if range.contains(address.address) {
                problems.error(
                    "'\(range)' has this box's own address in it, \(address.address)", at: mark,
                    hint: address.standardPool.map { "such as '\($0)'" })
            }
        case .given(.nobody, _):
            if let mark = lan.dhcp.hosts.value().flatMap({ $0.isEmpty ? nil : lan.dhcp.hosts.mark }) {
                problems.error(
                    "nobody gives these hosts their addresses: 'range' is 'none'", at: mark, hint: "leave out 'hosts', or give a 'range'")
            }
        default: break
        }
    }

    private func checkHosts(_ address: IPv4Prefix, _ problems: inout Problems) {
        var macs: [String: Mark] = [:]
        var names: [String: Mark] = [:]
        var addresses: [IPv4Address: Mark] = [:]
        for host in lan.dhcp.hosts.readable ?? [] {
            if let fixed = host.value.address, !(address.hosts?.contains(fixed) ?? false) || fixed == address.address {
                problems.error(
                    fixed == address.address ? "\(fixed) is this box's own address" : "\(fixed) isn't in the LAN's network", at: host.mark,
                    hint: address.hosts.map { "that has \($0)" })
            }
            let first =
                macs[host.value.mac] ?? host.value.name.flatMap { names[$0.lowercased()] } ?? host.value.address.flatMap { addresses[$0] }
            if let first {
                problems.error(
                    "\(quoted(host.value.description)) has the MAC, the name or the address of another host", at: host.mark,
                    hint: "the other one is on line \(first.line + 1)")
            }
            macs[host.value.mac] = host.mark
            if let name = host.value.name { names[name.lowercased()] = host.mark }
            if let address = host.value.address { addresses[address] = host.mark }
        }
    }

    /// Where the factories have put the modems. What a modem really has is only known when it is there: `uplinkctl status` says it then.
    private static let usualOfModems = [
        "192.168.0.1", "192.168.1.1", "192.168.2.1", "192.168.8.1", "192.168.42.129", "192.168.43.1", "192.168.100.1",
    ]

    private func checkNetworks(_ address: IPv4Prefix, _ mark: Mark, _ problems: inout Problems) {
        for wan in wans {
            guard case .given(.some(let gateway), _) = wan.gateway, address.contains(gateway) else { continue }
            problems.error(
                "the LAN's network has the gateway of WAN \(quoted(wan.name.value)) in it, \(gateway)", at: mark,
                hint: "two networks can't have the same addresses: give the LAN another, such as '10.77.0.1/24'")
            return
        }
        if let modem = Self.usualOfModems.compactMap({ IPv4Address($0) }).first(where: address.contains) {
            problems.warning(
                "many modems have the address \(modem), which is in the LAN's network", at: mark,
                hint: "a WAN whose network is the LAN's doesn't work: '10.77.0.1/24' collides with hardly any")
        }
    }
}
