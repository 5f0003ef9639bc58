import CLinux
import Floor
import Glibc
import Model

/// A socket on one interface that asks for link-layer addresses, past the kernel's own table of neighbours: that one may hold an answer
/// that is minutes old.
final class NeighbourSocket: InterfaceSocket {
    let interfaceIndex: UInt32
    let family: IPFamily
    let descriptor: Descriptor
    /// Those that have gone out and are not answered, the oldest first.
    private var pending: [Pending] = []
    private let loop: ProbeLoop

    private struct Pending {
        var id: ProbeID
        var question: Asked
        var sent: Instant
        var end: Instant
    }

    private enum Asked {
        case arp(ARPPacket)
        case solicitation(IPv6Address)
    }

    private static let limit = 64
    private static let packetsPerWakeUp = 64
    private static let arpProtocol = UInt16(0x0806)
    // include/uapi/linux/if_packet.h
    private static let packetForUs: UInt8 = 0

    init(_ family: IPFamily, interfaceIndex: UInt32, _ loop: ProbeLoop) throws(CallError) {
        self.family = family
        self.interfaceIndex = interfaceIndex
        self.loop = loop
        switch family {
        case .v4:
            // Not bound to a protocol yet, so nothing comes in before the filter stands.
            descriptor = try .socket(AF_PACKET, SOCK_DGRAM, 0, "opening a packet socket")
            // Replies only: everybody's requests are broadcasts, and each would wake the daemon.
            try descriptor.attach([
                sock_filter(code: UInt16(BPF_LD | BPF_H | BPF_ABS), jt: 0, jf: 0, k: 6),
                sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 0, jf: 1, k: UInt32(ARPPacket.Operation.reply.rawValue)),
                sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: .max),
                sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0),
            ])
            var own = address
            let result = Self.pass(&own) { bind(descriptor.number, $0, $1) }
            guard result == 0 else { throw .last("binding to interface number \(interfaceIndex)") }
        case .v6:
            descriptor = try .socket(AF_INET6, SOCK_RAW, Int32(IPPROTO_ICMPV6), "opening a raw socket")
            try descriptor.letIn(types: [ND_NEIGHBOR_ADVERT], family)
            try descriptor.bind(toInterface: interfaceIndex)
            // What has passed a router has less, and is refused on both sides (RFC 4861, section 7.1).
            try descriptor.set(Int32(IPPROTO_IPV6), IPV6_MULTICAST_HOPS, to: Int32(255), "setting the hop limit")
            try descriptor.set(Int32(IPPROTO_IPV6), IPV6_RECVHOPLIMIT, to: Int32(1), "asking for the hop limit")
        }
    }

    /// ARP on this interface, to everybody.
    private var address: sockaddr_ll {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = Self.arpProtocol.bigEndian
        address.sll_ifindex = Int32(bitPattern: interfaceIndex)
        address.sll_halen = 6
        address.sll_addr = (255, 255, 255, 255, 255, 255, 0, 0)
        return address
    }

    private static func pass<Result>(_ address: inout sockaddr_ll, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result) -> Result
    {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_ll>.size)) }
        }
    }

    // MARK: asking

    func ask(_ request: ProbeRequest, for gateway: IPv4Address, from source: IPv4Address, hardware: [UInt8]) throws(CallError) {
        let packet = ARPPacket.request(for: gateway, from: source, hardware: hardware)
        let bytes = packet.bytes
        let sent = Instant.now()
        var to = address
        let count = Self.pass(&to) { to, length in retried { sendto(descriptor.number, bytes, bytes.count, 0, to, length) } }
        guard count == bytes.count else { throw .lastSending(to: gateway) }
        add(request, .arp(packet), sent)
    }

    func ask(_ request: ProbeRequest, for gateway: IPv6Address, hardware: [UInt8]) throws(CallError) {
        let message = NeighbourDiscovery.solicitation(for: gateway, hardware: hardware)
        let sent = Instant.now()
        let group = IPAddress.v6(NeighbourDiscovery.multicastGroup(of: gateway))
        let count = group.withSocketAddress(scope: interfaceIndex) { to, length in
            retried { sendto(descriptor.number, message, message.count, 0, to, length) }
        }
        guard count == message.count else { throw .lastSending(to: gateway) }
        add(request, .solicitation(gateway), sent)
    }

    private func add(_ request: ProbeRequest, _ question: Asked, _ sent: Instant) {
        pending.removeAll { $0.end <= sent }
        if pending.count >= Self.limit { pending.removeFirst() }
        pending.append(Pending(id: request.id, question: question, sent: sent, end: sent + request.timeout))
    }

    // MARK: hearing

    func ready() {
        for _ in 0..<Self.packetsPerWakeUp {
            guard family == .v4 ? receiveARP() : receiveAdvertisement() else { return }
        }
    }

    /// Neither protocol has room for a cookie, so the newest question is taken to be the one that is answered: a link's round trip is far
    /// shorter than any interval.
    private func finish(_ isAnswered: (Asked) -> Bool) {
        let now = Instant.now()
        pending.removeAll { $0.end <= now }
        guard let index = pending.lastIndex(where: { isAnswered($0.question) }) else { return loop.ignore(.unknownSequence) }
        let answered = pending.remove(at: index)
        loop.report(answered.id, .answered(seconds: (now - answered.sent).inSeconds))
    }

    /// False: nothing there.
    private func receiveARP() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 64)
        var from = sockaddr_ll()
        var length = socklen_t(MemoryLayout<sockaddr_ll>.size)
        let count = withUnsafeMutablePointer(to: &from) { from in
            from.withMemoryRebound(to: sockaddr.self, capacity: 1) { from in
                retried { recvfrom(descriptor.number, &bytes, bytes.count, 0, from, &length) }
            }
        }
        guard count >= 0 else { return isOver() }
        // Not what others are told, and this box hears.
        guard from.sll_pkttype == Self.packetForUs, let reply = ARPPacket(bytes[..<count]) else {
            loop.ignore(.malformed)
            return true
        }
        finish { question in
            if case .arp(let request) = question { reply.answers(request) } else { false }
        }
        return true
    }

    private func receiveAdvertisement() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 256)
        var control: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var hopLimit: Int32?
        let count = bytes.withUnsafeMutableBytes { bytes in
            withUnsafeMutableBytes(of: &control) { control in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var header = msghdr()
                    header.msg_iov = part
                    header.msg_iovlen = 1
                    header.msg_control = control.baseAddress
                    header.msg_controllen = control.count
                    let count = retried { recvmsg(descriptor.number, &header, 0) }
                    if count >= 0 { hopLimit = Self.hopLimit(in: UnsafeRawBufferPointer(control), used: Int(header.msg_controllen)) }
                    return count
                }
            }
        }
        guard count >= 0 else { return isOver() }
        guard hopLimit == 255, let target = NeighbourDiscovery.advertisedTarget(bytes[..<count]) else {
            loop.ignore(.malformed)
            return true
        }
        finish { question in
            if case .solicitation(let asked) = question { asked == target } else { false }
        }
        return true
    }

    /// The one control message that was asked for comes first.
    private static func hopLimit(in control: UnsafeRawBufferPointer, used: Int) -> Int32? {
        let header = MemoryLayout<cmsghdr>.size
        guard used >= header + 4, used <= control.count else { return nil }
        let message = control.loadUnaligned(as: cmsghdr.self)
        guard message.cmsg_level == Int32(IPPROTO_IPV6), message.cmsg_type == IPV6_HOPLIMIT else { return nil }
        return control.loadUnaligned(fromByteOffset: header, as: Int32.self)
    }

    private func isOver() -> Bool {
        // An interface that goes down is an error of the socket once; it says nothing about a probe.
        if errno != EAGAIN && errno != EWOULDBLOCK { loop.counters.receiveErrors += 1 }
        return false
    }
}
