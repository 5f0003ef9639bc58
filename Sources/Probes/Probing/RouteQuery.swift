import Model

/// The netlink question "which route leads to this address by that interface?", and its answer; `ip route get fibmatch A oif B`.
///
/// Why it has to be asked: a socket that is bound to an interface never gets ENETUNREACH for IPv4. Where no route fits,
/// ip_route_output_key_hash_rcu() in net/ipv4/route.c takes the target to be on the link and calls for it by ARP. Such a probe
/// would look lost, though it is only *our* route that is missing. RTM_F_FIB_MATCH (Linux 4.13) names a route of the tables or
/// fails.
struct RouteQuery: Equatable, Sendable {
    var address: IPAddress
    var interfaceIndex: UInt32
    var sequence: UInt32
    /// The route as the tables have it. Without: what the kernel would do, and by which source address, be it a guess.
    var isTableMatch = true

    enum Answer: Equatable, Sendable {
        /// What it says of the gateway, and of the source address to take.
        case found(gateway: IPAddress?, source: IPAddress?)
        /// An errno: EHOSTUNREACH, ENETUNREACH.
        case refused(Int32)
    }

    // include/uapi/linux/netlink.h and rtnetlink.h
    private static let getRoute: UInt16 = 26
    private static let newRoute: UInt16 = 24
    private static let error: UInt16 = 2
    private static let requestFlag: UInt16 = 1
    private static let fibMatch: UInt32 = 0x2000
    private static let familyIPv4: UInt8 = 2
    private static let familyIPv6: UInt8 = 10
    private static let destinationAttribute: UInt16 = 1
    private static let outputAttribute: UInt16 = 4
    private static let gatewayAttribute: UInt16 = 5
    private static let sourceAttribute: UInt16 = 7
    static let headerLength = 16
    private static let routeLength = 12

    /// nlmsghdr, rtmsg, RTA_DST, RTA_OIF.
    var message: [UInt8] {
        let destination = address.bytes
        let length = Self.headerLength + Self.routeLength + 4 + destination.count + 8
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        bytes.appendNative(UInt32(length))
        bytes.appendNative(Self.getRoute)
        bytes.appendNative(Self.requestFlag)
        bytes.appendNative(sequence)
        bytes.appendNative(UInt32(0))
        // Family, length of the destination's prefix, of the source's, TOS; table, protocol, scope, type.
        bytes += [address.family == .v4 ? Self.familyIPv4 : Self.familyIPv6, UInt8(destination.count * 8), 0, 0, 0, 0, 0, 0]
        bytes.appendNative(isTableMatch ? Self.fibMatch : 0)
        bytes.appendNative(UInt16(4 + destination.count))
        bytes.appendNative(Self.destinationAttribute)
        bytes += destination
        bytes.appendNative(UInt16(8))
        bytes.appendNative(Self.outputAttribute)
        bytes.appendNative(interfaceIndex)
        return bytes
    }

    /// nil: not the answer to this question.
    func answer(in bytes: ArraySlice<UInt8>) -> Answer? {
        guard let length: UInt32 = bytes.native(at: 0), length >= Self.headerLength, length <= bytes.count,
            let type: UInt16 = bytes.native(at: 4), let number: UInt32 = bytes.native(at: 8), number == sequence
        else { return nil }
        switch type {
        case Self.newRoute: return found(in: bytes.prefix(Int(length)).dropFirst(Self.headerLength + Self.routeLength))
        case Self.error:
            guard length >= Self.headerLength + 4, let code: Int32 = bytes.native(at: Self.headerLength), code < 0, code > -4096 else {
                return nil
            }
            return .refused(-code)
        default: return nil
        }
    }

    private func found(in attributes: ArraySlice<UInt8>) -> Answer {
        var rest = attributes
        var gateway: IPAddress?
        var source: IPAddress?
        while let length: UInt16 = rest.native(at: 0), let type: UInt16 = rest.native(at: 2), length >= 4, length <= rest.count {
            let value = rest.prefix(Int(length)).dropFirst(4)
            switch type {
            case Self.gatewayAttribute: gateway = IPAddress(bytes: value)
            case Self.sourceAttribute: source = IPAddress(bytes: value)
            default: break
            }
            rest = rest.dropFirst(Int(length + 3) / 4 * 4)
        }
        return .found(gateway: gateway, source: source)
    }
}

extension [UInt8] {
    /// Netlink speaks the machine's own byte order.
    fileprivate mutating func appendNative(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func native<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Value? {
        withUnsafeBytes { bytes in
            offset + MemoryLayout<Value>.size <= bytes.count ? bytes.loadUnaligned(fromByteOffset: offset, as: Value.self) : nil
        }
    }
}
