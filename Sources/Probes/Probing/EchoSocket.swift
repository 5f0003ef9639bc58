import CLinux
import Floor
import Glibc
import Model

/// A raw ICMP or ICMPv6 socket bound to one interface.
final class EchoSocket: InterfaceSocket {
    let interfaceIndex: UInt32
    let identifier: UInt16
    let family: IPFamily
    let descriptor: Descriptor
    private unowned let prober: EchoProber

    init(_ family: IPFamily, interfaceIndex: UInt32, identifier: UInt16, prober: EchoProber) throws(CallError) {
        self.interfaceIndex = interfaceIndex
        self.identifier = identifier
        self.family = family
        self.prober = prober
        descriptor = try .icmp(family)
        let types = family == .v4 ? [ICMP_ECHOREPLY, ICMP_DEST_UNREACH] : [ICMP6_ECHO_REPLY, ICMP6_DST_UNREACH, ICMP6_PACKET_TOO_BIG]
        try descriptor.letIn(types: types, family)
        // Where the queue is this box's own, a question needn't wait behind somebody's upload: pfifo_fast and prio let it pass. TC_PRIO_INTERACTIVE of
        // linux/pkt_sched.h, the highest that needs no privilege. Without it all goes on as well.
        try? descriptor.set(SOL_SOCKET, SO_PRIORITY, to: Int32(6), "giving probes priority")
        // Nobody may take a long one apart, this box included, whatever it has learned of the way: it is there to find that out.
        switch family {
        case .v4: try descriptor.set(Int32(IPPROTO_IP), IP_MTU_DISCOVER, to: Int32(IP_PMTUDISC_PROBE), "forbidding fragments")
        case .v6:
            try descriptor.set(Int32(IPPROTO_IPV6), IPV6_MTU_DISCOVER, to: Int32(IPV6_PMTUDISC_PROBE), "forbidding fragments")
            try descriptor.set(Int32(IPPROTO_IPV6), IPV6_DONTFRAG, to: Int32(1), "forbidding fragments")
        }
        try descriptor.attach(Self.filter(family))
        // What came in before this by other interfaces has an identifier that isn't this socket's.
        try descriptor.bind(toInterface: interfaceIndex)
    }

    /// Echo replies, and complaints about echo requests: on a busy router there are thousands about other packets.
    private static func filter(_ family: IPFamily) -> [sock_filter] {
        func load(_ offset: UInt32, afterHeader: Bool) -> sock_filter {
            sock_filter(code: UInt16(BPF_LD | BPF_B | (afterHeader ? BPF_IND : BPF_ABS)), jt: 0, jf: 0, k: offset)
        }
        func require(_ value: UInt32, orSkip skipped: UInt8) -> sock_filter {
            sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 0, jf: skipped, k: value)
        }
        let accept = sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: .max)
        let drop = sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0)
        switch family {
        case .v4:
            return [
                // IPv4 sockets see the IP header; its length goes into X. Our requests have no options, so the quoted header has 20 bytes.
                sock_filter(code: UInt16(BPF_LDX | BPF_B | BPF_MSH), jt: 0, jf: 0, k: 0),
                load(0, afterHeader: true), require(UInt32(ICMP_ECHOREPLY), orSkip: 1), accept,
                load(8 + 9, afterHeader: true), require(UInt32(IPPROTO_ICMP), orSkip: 3),
                load(8 + 20, afterHeader: true), require(UInt32(ICMP_ECHO), orSkip: 1), accept, drop,
            ]
        case .v6:
            return [
                load(0, afterHeader: false), require(UInt32(ICMP6_ECHO_REPLY), orSkip: 1), accept,
                load(8 + 6, afterHeader: false), require(UInt32(IPPROTO_ICMPV6), orSkip: 3),
                load(8 + 40, afterHeader: false), require(UInt32(ICMP6_ECHO_REQUEST), orSkip: 1), accept, drop,
            ]
        }
    }

    func send(_ message: [UInt8], to address: IPAddress) throws(CallError) {
        try descriptor.send(message, to: address, scope: interfaceIndex)
    }

    func ready() { prober.receive(from: self) }
}
