import Model

/// An ARP packet for IPv4 over Ethernet (RFC 826).
struct ARPPacket: Equatable, Sendable {
    enum Operation: UInt16 { case request = 1, reply = 2 }

    var operation: Operation
    var sender: IPv4Address
    var senderHardware: [UInt8]
    var target: IPv4Address
    var targetHardware: [UInt8]

    /// Hardware type Ethernet, protocol IPv4, address lengths 6 and 4.
    private static let head: [UInt8] = [0, 1, 8, 0, 6, 4]

    static func request(for target: IPv4Address, from sender: IPv4Address, hardware: [UInt8]) -> ARPPacket {
        ARPPacket(
            operation: .request, sender: sender, senderHardware: hardware, target: target,
            targetHardware: [UInt8](repeating: 0, count: 6))
    }

    var bytes: [UInt8] {
        var bytes = Self.head
        bytes.appendBig(operation.rawValue)
        bytes += senderHardware
        bytes.appendBig(sender.bits)
        bytes += targetHardware
        bytes.appendBig(target.bits)
        return bytes
    }

    /// Ethernet pads it; what follows is not looked at.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 28, bytes.prefix(6).elementsEqual(Self.head), let operation: UInt16 = bytes.big(at: 6),
            let operation = Operation(rawValue: operation), let sender: UInt32 = bytes.big(at: 14), let target: UInt32 = bytes.big(at: 24)
        else { return nil }
        self.init(
            operation: operation, sender: IPv4Address(bits: sender), senderHardware: Array(bytes.dropFirst(8).prefix(6)),
            target: IPv4Address(bits: target), targetHardware: Array(bytes.dropFirst(18).prefix(6)))
    }

    private init(
        operation: Operation, sender: IPv4Address, senderHardware: [UInt8], target: IPv4Address, targetHardware: [UInt8]
    ) {
        self.operation = operation
        self.sender = sender
        self.senderHardware = senderHardware
        self.target = target
        self.targetHardware = targetHardware
    }

    /// The answer to a request of ours.
    func answers(_ request: ARPPacket) -> Bool {
        operation == .reply && sender == request.target && target == request.sender && targetHardware == request.senderHardware
    }
}

/// Neighbour discovery (RFC 4861, sections 4.3 and 4.4).
enum NeighbourDiscovery {
    /// A solicitation, less the checksum, which the kernel makes.
    static func solicitation(for target: IPv6Address, hardware: [UInt8]) -> [UInt8] {
        // Option 1, the sender's link-layer address, in units of 8 bytes.
        [135, 0, 0, 0, 0, 0, 0, 0] + target.bytes + [1, 1] + hardware
    }

    /// Where a solicitation goes: ff02::1:ff00:0/104 and the last 24 bits of the address (RFC 4291, section 2.7.1).
    static func multicastGroup(of target: IPv6Address) -> IPv6Address {
        IPv6Address(high: 0xff02 << 48, low: 0x0000_0001_ff00_0000 | target.low & 0xff_ffff)
    }

    /// Whose address an advertisement tells that was asked for (the S flag). nil: it is none, or nobody asked.
    static func advertisedTarget(_ message: ArraySlice<UInt8>) -> IPv6Address? {
        guard message.count >= 24, let head: UInt16 = message.big(at: 0), head == 136 << 8, let flags: UInt8 = message.big(at: 4),
            flags & 0x40 != 0, case .v6(let target) = IPAddress(bytes: message.dropFirst(8).prefix(16))
        else { return nil }
        return target
    }
}
