internal import Glibc

/// Sees the TCP packets that leave this namespace, as tcpdump would (packet(7)).
final class PacketWatch {
    let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 256)

    init() throws {
        // ETH_P_ALL; SOCK_DGRAM leaves the Ethernet header out.
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_PACKET, type, Int32(UInt16(3).bigEndian))
        guard descriptor >= 0 else { throw LabError("a packet socket: \(lastError())") }
    }

    deinit { close(descriptor) }

    /// The source port of each that has left since the last call.
    func readOutgoing(_ found: (UInt16) -> Void) {
        // sockaddr_ll: the type of the packet is its 11th byte.
        var address = [UInt8](repeating: 0, count: 20)
        while true {
            var length = socklen_t(address.count)
            let count = address.withUnsafeMutableBytes { bytes in
                recvfrom(descriptor, &buffer, buffer.count, 0, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
            }
            guard count > 0 else { return }
            // PACKET_OUTGOING.
            if address[10] == 4, let port = Self.tcpSource(buffer[..<count]) { found(port) }
        }
    }

    /// nil: no TCP, or only a piece of a packet.
    static func tcpSource(_ packet: ArraySlice<UInt8>) -> UInt16? {
        guard let first = packet.first else { return nil }
        let (protocolAt, header) =
            switch first >> 4 {
            case 4: (9, Int(first & 15) * 4)
            default: (6, 40)
            }
        guard packet.count >= header + 2, packet[packet.startIndex + protocolAt] == UInt8(IPPROTO_TCP) else { return nil }
        let start = packet.startIndex + header
        return UInt16(packet[start]) << 8 | UInt16(packet[start + 1])
    }
}
