package import CLinux
import Glibc

/// IP packets as they go by an interface, past the kernel's own IP: routing, connection tracking and the packet filter see nothing of them.
package final class PacketSocket: Sendable {
    package let descriptor: Descriptor
    // linux/if_ether.h
    private static let (all, ipv4, ipv6): (UInt16, UInt16, UInt16) = (0x0003, 0x0800, 0x86dd)

    /// For sending by any interface; it hears nothing.
    package init() throws(CallError) {
        descriptor = try .socket(AF_PACKET, SOCK_DGRAM, 0, "opening a packet socket")
    }

    /// Hears what the filter lets through of all that comes in, and goes out, by any interface.
    package init(hearing filter: [sock_filter]) throws(CallError) {
        // Not bound to a protocol yet, so nothing comes in before the filter stands.
        descriptor = try .socket(AF_PACKET, SOCK_DGRAM, 0, "opening a packet socket")
        try descriptor.attach(filter)
        var own = Self.address(0, protocolNumber: Self.all)
        let result = Self.pass(&own) { bind(descriptor.number, $0, $1) }
        guard result == 0 else { throw .last("listening to packets") }
    }

    /// - Parameter hardware: whose it is there; empty where nobody has a hardware address.
    /// - Returns: whether it went out. What has no room now would have none for the packets of others.
    package func send(_ packet: [UInt8], by interface: UInt32, to hardware: [UInt8]) -> Bool {
        let isIPv4 = packet.first.map { $0 >> 4 == 4 } ?? true
        var to = Self.address(interface, protocolNumber: isIPv4 ? Self.ipv4 : Self.ipv6)
        to.sll_halen = UInt8(min(hardware.count, 8))
        withUnsafeMutableBytes(of: &to.sll_addr) { $0.copyBytes(from: hardware.prefix(8)) }
        return Self.pass(&to) { address, length in
            retried { sendto(descriptor.number, packet, packet.count, 0, address, length) } == packet.count
        }
    }

    /// The next packet that was heard, from its IP header on, as far as there is room. nil: there is none.
    package func receive(into buffer: inout [UInt8]) -> ArraySlice<UInt8>? {
        let count = retried { recv(descriptor.number, &buffer, buffer.count, 0) }
        return count > 0 ? buffer[..<count] : nil
    }

    private static func address(_ interface: UInt32, protocolNumber: UInt16) -> sockaddr_ll {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = protocolNumber.bigEndian
        address.sll_ifindex = Int32(bitPattern: interface)
        return address
    }

    private static func pass<Result>(_ address: inout sockaddr_ll, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result) -> Result
    {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_ll>.size)) }
        }
    }
}

extension PacketSocket {
    /// Resets that this box sends, of both families. A fragment that isn't the first, and IPv6 with headers between, are none of ours.
    package static let resetsSent: [sock_filter] = {
        func load(_ size: Int32, _ mode: Int32, _ at: UInt32) -> sock_filter {
            sock_filter(code: UInt16(BPF_LD | size | mode), jt: 0, jf: 0, k: at)
        }
        func jump(_ test: Int32, _ value: UInt32, _ yes: UInt8, _ no: UInt8) -> sock_filter {
            sock_filter(code: UInt16(BPF_JMP | test | BPF_K), jt: yes, jf: no, k: value)
        }
        func end(_ bytes: UInt32) -> sock_filter { sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: bytes) }
        // SKF_AD_OFF + SKF_AD_PKTTYPE, PACKET_OUTGOING
        let kind = UInt32(bitPattern: -0x1000 + 4)
        return [
            // 0: sent by this box?
            load(BPF_B, BPF_ABS, kind), jump(BPF_JEQ, 4, 0, 13),
            // 2: of which version?
            load(BPF_B, BPF_ABS, 0), sock_filter(code: UInt16(BPF_ALU | BPF_RSH | BPF_K), jt: 0, jf: 0, k: 4), jump(BPF_JEQ, 4, 4, 0),
            // 5: IPv6. TCP, and its flags.
            load(BPF_B, BPF_ABS, 6), jump(BPF_JEQ, 6, 0, 8), load(BPF_B, BPF_ABS, 40 + 13),
            sock_filter(code: UInt16(BPF_JMP | BPF_JA), jt: 0, jf: 0, k: 4),
            // 9: the same of IPv4.
            load(BPF_B, BPF_ABS, 9), jump(BPF_JEQ, 6, 0, 4), sock_filter(code: UInt16(BPF_LDX | BPF_B | BPF_MSH), jt: 0, jf: 0, k: 0),
            load(BPF_B, BPF_IND, 13),
            // 13: RST?
            jump(BPF_JSET, 0x04, 0, 1), end(.max), end(0),
        ]
    }()
}
