import Floor

/// What root may and others mayn't, by its number in linux/capability.h.
package enum Privilege: UInt64 {
    case networkAdministration = 12
    case rawSockets = 13

    var name: String {
        switch self {
        case .networkAdministration: "CAP_NET_ADMIN"
        case .rawSockets: "CAP_NET_RAW"
        }
    }

    /// Before anything is done: without them the first half would succeed and the second fail.
    ///
    /// - Parameter unit: of the service that has them.
    package static func require(_ needed: [Privilege], unit: String) throws(Failure) {
        let missing = needed.filter { effective & 1 << $0.rawValue == 0 }.map(\.name)
        guard missing.isEmpty else {
            throw Failure(
                status: .noPermission,
                message: "\(missing.joined(separator: " and ")) missing: run it as root, or as the service (systemctl start \(unit))")
        }
    }

    private static var effective: UInt64 {
        // If /proc can't be read, the kernel will refuse what it has to, and say so.
        guard let bytes = try? Files.read("/proc/self/status") else { return .max }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        return line.flatMap { UInt64($0.dropFirst("CapEff:".count).drop { $0 == "\t" || $0 == " " }, radix: 16) } ?? .max
    }
}
