internal import Glibc

/// Sends the smallest UDP packets of a few sessions as fast as the box at the other end takes them, for a while, and prints a `FloodReport`.
///
/// The frames are laid out once, in a ring that the kernel sends from (packet(7), PACKET_TX_RING): so the sender costs less than what is
/// measured, the forwarding. A frame is free again when the next box has looked at it, so nothing overflows.
package struct Flood {
    package var interface: String
    /// Hardware address of the next box.
    package var nextHop: String
    package var source: String
    package var destination: String
    /// The sessions are those of `UDPSessions`: so the next box's NAT has had answers for each of them before.
    package var port: Int
    package var sessions: Int
    /// The server's packets instead of the client's.
    package var isBack: Bool
    package var duration: Duration

    package init(
        interface: String, nextHop: String, source: String, destination: String, port: Int, sessions: Int, isBack: Bool, duration: Duration
    ) {
        self.interface = interface
        self.nextHop = nextHop
        self.source = source
        self.destination = destination
        self.port = port
        self.sessions = sessions
        self.isBack = isBack
        self.duration = duration
    }

    private static let frameSize = 128
    private static let frameCount = 512
    /// tpacket2_hdr of linux/if_packet.h: the status comes first, the length of the frame next, and after 32 bytes the frame.
    private static let headerSize = 32

    package func run() throws {
        let ring = try openRing()
        let frames = try (0..<sessions).map { try frame(session: $0) }
        for index in 0..<Self.frameCount {
            let start = ring.memory + index * Self.frameSize
            let frame = frames[index % sessions]
            start.storeBytes(of: UInt32(frame.count), toByteOffset: 4, as: UInt32.self)
            UnsafeMutableRawBufferPointer(start: start + Self.headerSize, count: frame.count).copyBytes(from: frame)
        }
        var report = FloodReport(began: .now)
        let end = report.began + duration
        while Moment.now < end {
            var ready = 0
            for index in 0..<Self.frameCount {
                let status = ring.memory + index * Self.frameSize
                // 0 is TP_STATUS_AVAILABLE, 1 TP_STATUS_SEND_REQUEST.
                guard status.load(as: UInt32.self) == 0 else { continue }
                status.storeBytes(of: 1, as: UInt32.self)
                ready += 1
            }
            report.sent += ready
            if ready == 0 { sched_yield() } else { send(ring.descriptor, nil, 0, Int32(MSG_DONTWAIT)) }
        }
        report.ended = .now
        printLine(try JSON.line(report))
    }

    private func openRing() throws -> (descriptor: Int32, memory: UnsafeMutableRawPointer) {
        let descriptor = socket(AF_PACKET, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw LabError("a packet socket: \(lastError())") }
        func set(_ option: Int32, _ values: [Int32]) throws {
            // SOL_PACKET is 263.
            guard setsockopt(descriptor, 263, option, values, socklen_t(values.count * 4)) == 0 else {
                throw LabError("setsockopt \(option) of a packet socket: \(lastError())")
            }
        }
        // PACKET_VERSION: TPACKET_V2; PACKET_QDISC_BYPASS; PACKET_TX_RING with a tpacket_req.
        try set(10, [1])
        try set(20, [1])
        let size = Self.frameSize * Self.frameCount
        try set(13, [Int32(size), 1, Int32(Self.frameSize), Int32(Self.frameCount)])
        let index = if_nametoindex(interface)
        guard index > 0 else { throw LabError("\(interface): \(lastError())") }
        // sockaddr_ll: family, protocol, index, and what is of no use to a sender.
        var address = [UInt8](repeating: 0, count: 20)
        address.withUnsafeMutableBytes {
            $0.storeBytes(of: UInt16(AF_PACKET), as: UInt16.self)
            $0.storeBytes(of: UInt16(0x0800).bigEndian, toByteOffset: 2, as: UInt16.self)
            $0.storeBytes(of: index, toByteOffset: 4, as: UInt32.self)
        }
        let result = address.withUnsafeBytes { bytes in
            bind(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard result == 0 else { throw LabError("bind to \(interface): \(lastError())") }
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED else {
            throw LabError("mmap of a packet ring: \(lastError())")
        }
        return (descriptor, memory)
    }

    /// Ethernet, IPv4 and UDP around 18 bytes of nothing: 60, the smallest that Ethernet has.
    private func frame(session: Int) throws -> [UInt8] {
        func big(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)] }
        let hardware = nextHop.split(separator: ":").compactMap { UInt8($0, radix: 16) }
        guard hardware.count == 6, let from = Endpoint.parse(source)?.suffix(4), let to = Endpoint.parse(destination)?.suffix(4) else {
            throw LabError("not a hardware address and two IPv4 addresses: \(nextHop) \(source) \(destination)")
        }
        var ip: [UInt8] = [0x45, 0] + big(46) + big(0) + big(0x4000) + [64, 17] + big(0) + from + to
        var sum = stride(from: 0, to: 20, by: 2).reduce(0) { $0 + Int(ip[$1]) << 8 + Int(ip[$1 + 1]) }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        ip.replaceSubrange(10...11, with: big(~sum & 0xffff))
        // No UDP checksum, which IPv4 allows.
        let ports = [Int(ownPort(for: port + session)), port + session]
        let udp = (isBack ? ports.reversed() : ports).flatMap(big) + big(26) + big(0)
        return hardware + [2, 0, 0, 0, 0, 1] + big(0x0800) + ip + udp + [UInt8](repeating: 0, count: 18)
    }
}

package struct FloodReport: Codable, Sendable {
    package var sent = 0
    package var began: Moment
    package var ended: Moment

    init(began: Moment) {
        self.began = began
        ended = began
    }
}
