import Floor
import Glibc

enum Privileges {
    /// linux/capability.h.
    private static let needed: [(bit: Int, name: String)] = [(12, "CAP_NET_ADMIN"), (13, "CAP_NET_RAW")]

    /// Before anything is done: without them the first half would succeed and the second fail.
    static func require() throws(Failure) {
        let missing = needed.filter { effective & 1 << UInt64($0.bit) == 0 }.map(\.name)
        guard missing.isEmpty else {
            throw Failure(
                status: .noPermission,
                message: "\(missing.joined(separator: " and ")) missing: run it as root, or as the service (systemctl start uplinkd)")
        }
    }

    private static var effective: UInt64 {
        // If /proc can't be read, the kernel will refuse what it has to, and say so.
        guard let bytes = try? Files.read("/proc/self/status") else { return .max }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        return line.flatMap { UInt64($0.dropFirst("CapEff:".count).drop { $0 == "\t" || $0 == " " }, radix: 16) } ?? .max
    }
}
