/// The bits of the packet mark, and of the session's, that name a WAN. All the others are somebody else's, and stay as they are.
package struct MarkMask: Hashable, Sendable, CustomStringConvertible {
    package let bits: UInt32

    /// Bits 24–27. Tailscale has bits 16–23, mwan3 8–13, kube-proxy 14–15, Calico and Cilium others by configuration.
    package static let standard = MarkMask(unchecked: 0x0f00_0000)

    /// One run of bits; nil otherwise.
    package init?(bits: UInt32) {
        let run = bits >> UInt32(bits.trailingZeroBitCount & 31)
        guard bits != 0, run & (run &+ 1) == 0 else { return nil }
        self.bits = bits
    }

    private init(unchecked bits: UInt32) { self.bits = bits }

    /// So many WANs have a mark of their own; 0 is the mark of no WAN.
    package var capacity: Int { Int(bits >> shift) }
    package func mark(ofWAN number: Int) -> UInt32 { UInt32(number) << shift }
    /// As `ip rule` and iptables write it.
    package var description: String { hexadecimal(bits) }
    private var shift: UInt32 { UInt32(bits.trailingZeroBitCount) }
}
