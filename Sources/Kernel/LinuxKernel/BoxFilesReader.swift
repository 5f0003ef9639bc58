internal import Dispatch
internal import Floor
package import Model
internal import Survey
internal import Synchronization

/// Reads the files of others that concern the WANs: leases of DHCP clients, and whom the box asks for names. A file may lie on a disk that hangs, so
/// this has a queue of its own, and nobody waits for it.
package final class BoxFilesReader: Sendable {
    /// dhclient appends to its file for days before it begins it anew.
    private static let limit = 1 << 20

    private let queue = DispatchQueue(label: "net.uplinkd.files", qos: .utility)

    private struct Order {
        var interfaces: [InterfaceName: UInt32]
        var then: @Sendable (BoxFiles) -> Void
    }
    /// Waits for its turn. While a disk hangs, a newer one takes its place.
    private let next = Mutex<Order?>(nil)

    package init() {}

    /// - Parameter interfaces: with the kernel's numbers for them.
    package func read(_ interfaces: [InterfaceName: UInt32], then: @escaping @Sendable (BoxFiles) -> Void) {
        let isFirst = next.withLock { next in
            defer { next = Order(interfaces: interfaces, then: then) }
            return next == nil
        }
        guard isFirst else { return }
        queue.async { [self] in
            guard let order = next.withLock({ next in next.take() }) else { return }
            order.then(Self.read(order.interfaces))
        }
    }

    /// It may wait for a disk.
    package static func read(_ interfaces: [InterfaceName: UInt32]) -> BoxFiles {
        var files = BoxFiles()
        // By hand, or for an interface of its own (ifupdown).
        let common = text("/var/lib/dhcp/dhclient.leases")
        for (name, index) in interfaces {
            let leases =
                [common, text("/var/lib/dhcp/dhclient.\(name).leases")].compactMap(\.self).flatMap { DHCPLeases.dhclient($0, of: name) }
                + (text("/run/systemd/netif/leases/\(index)").map(DHCPLeases.networkd) ?? [])
            if !leases.isEmpty { files.leases[name] = leases }
        }
        files.resolvers = resolvers()
        return files
    }

    private static func resolvers() -> [IPAddress] {
        let named = text("/etc/resolv.conf").map(Nameservers.parse) ?? []
        // systemd-resolved stands between: it writes down whom it asks itself.
        guard named.contains(where: { resolved.contains($0.description) }), let behind = text("/run/systemd/resolve/resolv.conf") else {
            return named
        }
        return Nameservers.parse(behind)
    }

    private static let resolved = ["127.0.0.53", "127.0.0.54"]

    /// nil: there is none, or it isn't for us.
    private static func text(_ path: String) -> String? {
        (try? Files.read(path, atMost: limit)).map { String(decoding: $0, as: UTF8.self) }
    }
}
