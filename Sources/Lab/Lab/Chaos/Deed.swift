/// What befalls an office. Faults come with their undo; what is over at once has none.
enum Deed: String, CaseIterable, Sendable {
    case cable, upstream, gateway, loss, modem, otherGateway
    case flushMangle, flushSessions, deleteRoute, foreignRoute, forwardingOff, kill, restart, pin

    /// At most one of these is on each WAN at a time.
    static let faults: [Deed] = [.cable, .upstream, .gateway, .loss, .modem, .otherGateway]
    static let moments = allCases.filter { !faults.contains($0) }

    /// Telkom's modem is no modem, and a cable is telkom's alone.
    func isPossible(at isp: ISP) -> Bool {
        switch self {
        case .modem: isp.provider.name == Addresses.smartfren.name
        case .cable: isp.provider.name == Addresses.telkom.name
        default: true
        }
    }

    func strike(_ isp: ISP) async throws {
        switch self {
        case .cable: try await isp.cutCable()
        case .upstream: try await isp.silenceUpstream()
        case .gateway: try await isp.killGateway()
        case .loss: try await isp.lose(percent: 40)
        case .modem: try await isp.unplugModem()
        case .otherGateway: try await isp.moveGateway()
        case .flushMangle, .flushSessions, .deleteRoute, .foreignRoute, .forwardingOff, .kill, .restart, .pin: break
        }
    }

    func undo(_ isp: ISP) async throws {
        switch self {
        case .cable: try await isp.plugCable()
        case .upstream: try await isp.restoreUpstream()
        case .gateway: try await isp.reviveGateway()
        case .loss: try await isp.loseNothing()
        case .modem: try await isp.replugModem()
        case .otherGateway: try await isp.moveGatewayBack()
        case .flushMangle, .flushSessions, .deleteRoute, .foreignRoute, .forwardingOff, .kill, .restart, .pin: break
        }
    }

    /// What somebody does on the box.
    func happen(_ lab: Lab, _ daemon: Daemon, at isp: ISP) async throws {
        let router = lab.router
        switch self {
        case .flushMangle: try await router.flushMangle()
        case .flushSessions: try await router.node.run(["conntrack", "-F"])
        case .deleteRoute: try await router.node.shell("ip -N route del default proto 85 dev \(isp.provider.interface) 2>/dev/null || true")
        case .foreignRoute:
            try await router.node.shell(
                """
                ip route add default dev \(isp.provider.interface) metric 77 2>/dev/null || exit 0
                ip route del default dev \(isp.provider.interface) metric 77
                """)
        case .forwardingOff: try await router.node.shell("echo 0 > /proc/sys/net/ipv4/ip_forward")
        case .kill:
            try await daemon.kill9()
            try await daemon.restart()
        case .restart:
            try await daemon.stop()
            try await daemon.restart()
        case .pin:
            try await daemon.control(["switch", isp.provider.name, "--force"])
            try await daemon.control(["switch", "auto"])
        case .cable, .upstream, .gateway, .loss, .modem, .otherGateway: break
        }
    }
}
