import Clients
import Model

/// The office's addresses, in short words.
enum Office {
    static let telkom = WANName("telkom") ?? wrong()
    static let smartfren = WANName("smartfren") ?? wrong()
    static let lan = InterfaceName("br0") ?? wrong()

    static let ground = Ground(
        lan: [lan], prefixes4: [IPv4Prefix("192.168.1.1/24") ?? wrong()],
        prefixes6: [IPv6Prefix("fd00:1::1/64") ?? wrong(), IPv6Prefix("fe80::1/64") ?? wrong()],
        wans: [
            .init(name: telkom, mark: 0x0100_0000, addresses: [address("198.51.100.2"), address("2001:db8:a::2")]),
            .init(name: smartfren, mark: 0x0200_0000, addresses: [address("203.0.113.2")]),
        ], mask: 0x0f00_0000)

    static func address(_ text: String) -> IPAddress { IPAddress(text) ?? wrong() }
    static func wrong<T>() -> T { preconditionFailure("a slip in the test itself") }

    static func host(_ number: Int) -> IPAddress { address("192.168.1.\(number)") }
    static func mac(_ number: Int) -> String { "02:00:5e:10:00:" + (number < 16 ? "0" : "") + String(number, radix: 16) }

    static func neighbour(_ number: Int, _ state: Neighbour.State = .reachable, address: IPAddress? = nil) -> Neighbour {
        Neighbour(interface: lan, address: address ?? host(number), mac: state == .failed ? nil : mac(number), state: state)
    }

    static func session(
        _ source: IPAddress, by wan: Int? = 1, to destination: String = "192.0.2.80", repliesTo: IPAddress? = nil, answered: Bool = true,
        bytes: UInt64? = nil, id: UInt32
    ) -> SessionEntry {
        SessionEntry(
            source: source, destination: address(destination),
            repliesTo: repliesTo ?? (wan == 2 ? address("203.0.113.2") : address("198.51.100.2")), transport: 6,
            // Bits outside the mask are somebody else's.
            mark: UInt32(wan ?? 0) << 24 | 0x0002_0001, isAnswered: answered, bytes: bytes, id: id)
    }
}
