/// A TCP connection, closed as soon as it is open.
struct ConnectQuestion: ProbeKind {
    static let verb = "took the connection"

    var address: IPAddress
    var port: UInt16

    var description: String { "tcp \(address.bracketed):\(port)" }
    var isBeyondGateway6: Bool { address.family == .v6 }
    // SYN, SYN-ACK, ACK and RST, with the options that Linux sends (the timestamps even in the RST): 40 + 40 + 32 + 32 bytes of TCP.
    var bytes: Int { 4 * address.family.headerLength + 144 }
}
