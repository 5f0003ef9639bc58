import CLinux
package import Floor
import Glibc
package import Model

extension Descriptor {
    /// SOL_RAW, include/linux/socket.h.
    private static let levelRaw: Int32 = 255

    /// Of ICMP, or ICMPv6, messages of these types only: others, such as echo requests to this box, must not wake anybody.
    package func letIn(types: [Int32], _ family: IPFamily) throws(CallError) {
        // Each bit set blocks one type.
        switch family {
        case .v4:
            let passed = types.reduce(UInt32(0)) { $0 | 1 << UInt32($1) }
            try set(Self.levelRaw, UPLINKD_ICMP_FILTER, to: ~passed, "filtering ICMP types")
        case .v6:
            var blocked = [UInt32](repeating: .max, count: 8)
            for type in types { blocked[Int(type) / 32] &= ~(1 << UInt32(type % 32)) }
            let filter = (blocked[0], blocked[1], blocked[2], blocked[3], blocked[4], blocked[5], blocked[6], blocked[7])
            try set(Int32(IPPROTO_ICMPV6), ICMP6_FILTER, to: icmp6_filter(icmp6_filt: filter), "filtering ICMPv6 types")
        }
    }
}
