import CLinux
import Floor
import Glibc
import Model
import Probing

/// A raw ICMP socket bound to one interface, for a trace.
final class TraceSocket {
    let descriptor: Descriptor
    private let family: IPFamily
    private let interfaceIndex: UInt32
    private var buffer = [UInt8](repeating: 0, count: 2048)

    init(_ family: IPFamily, interfaceIndex: UInt32) throws(CallError) {
        self.family = family
        self.interfaceIndex = interfaceIndex
        descriptor = try .icmp(family)
        let types =
            family == .v4
            ? [ICMP_ECHOREPLY, ICMP_DEST_UNREACH, ICMP_TIME_EXCEEDED] : [ICMP6_ECHO_REPLY, ICMP6_DST_UNREACH, ICMP6_TIME_EXCEEDED]
        try descriptor.letIn(types: types, family)
        // What came in before this by other interfaces quotes none of our requests.
        try descriptor.bind(toInterface: interfaceIndex)
    }

    func send(_ request: Trace.Request, to address: IPAddress) throws(CallError) {
        let hops = Int32(request.timeToLive)
        switch family {
        case .v4: try descriptor.set(Int32(IPPROTO_IP), IP_TTL, to: hops, "setting the time to live")
        case .v6: try descriptor.set(Int32(IPPROTO_IPV6), IPV6_UNICAST_HOPS, to: hops, "setting the hop limit")
        }
        try descriptor.send(request.echo.request(family), to: address, scope: interfaceIndex)
    }

    /// nil: nothing there, or nothing for us.
    func receive() throws(CallError) -> (message: TraceMessage, source: IPAddress)? {
        while true {
            let (count, source) = buffer.withUnsafeMutableBytes { descriptor.receive(into: $0) }
            if count < 0 {
                if errno == EAGAIN || errno == EWOULDBLOCK { return nil }
                throw .last("receiving")
            }
            do throws(PacketError) {
                var payload = buffer[..<count]
                var from = source
                if family == .v4 {
                    let packet = try IPv4Packet(payload)
                    (payload, from) = (packet.payload, .v4(packet.source))
                }
                if let from { return (try TraceMessage(payload, family), from) }
            } catch {
                // Others' packets come here as well.
            }
        }
    }
}
