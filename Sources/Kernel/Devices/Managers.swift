internal import Floor
package import Model

/// Which program sees to an interface's address, by what these programs write down of it for anybody to read.
package enum Manager: String, Sendable, CaseIterable {
    case networkManager = "NetworkManager"
    case networkd = "systemd-networkd"
    case ifupdown
}

extension HardwareFiles {
    /// More than one, where two quarrel about it.
    package func managers(of device: Device) -> [Manager] {
        Manager.allCases.filter { manager in
            switch manager {
            // A keyfile; an interface that it leaves alone is there too.
            case .networkManager:
                lines("\(root)/run/NetworkManager/devices/\(device.index)").contains {
                    $0.hasPrefix("connection-uuid=") || $0 == "managed=true"
                }
            case .networkd:
                lines("\(root)/run/systemd/netif/links/\(device.index)").contains {
                    $0.hasPrefix("ADMIN_STATE=") && !["unmanaged", "linger"].contains($0.dropFirst("ADMIN_STATE=".count))
                }
            case .ifupdown:
                lines("\(root)/run/network/ifstate").contains { $0.prefix { $0 != "=" } == device.name.description }
                    || !lines("\(root)/run/network/ifstate.\(device.name)").isEmpty
            }
        }
    }

    private func lines(_ path: String) -> [Substring] {
        guard let bytes = try? Files.read(path, atMost: 256 << 10) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
}
