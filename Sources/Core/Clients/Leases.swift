package import Model

/// What a DHCP server knows of an address.
package struct Lease: Equatable, Sendable {
    /// nil for IPv6, where the server knows a DUID instead.
    package var mac: String?
    package var name: String?

    package init(mac: String? = nil, name: String? = nil) {
        self.mac = mac
        self.name = name
    }
}

/// dnsmasq's lease file: `1764010000 02:00:5e:10:00:01 192.168.1.17 laptop 01:02:00:5e:10:00:01` on each line; `*` for no name; those of
/// IPv6 after a line `duid …`, with an IAID in the place of the MAC. What isn't a lease is passed over: names are a help, not more.
package enum Leases {
    /// Where Debian's dnsmasq has it.
    package static let standardPath = "/var/lib/misc/dnsmasq.leases"

    package static func parse(_ text: String) -> [IPAddress: Lease] {
        var leases: [IPAddress: Lease] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard words.count >= 4, let address = IPAddress(String(words[2])) else { continue }
            leases[address] = Lease(mac: address.family == .v4 ? mac(words[1]) : nil, name: name(words[3]))
        }
        return leases
    }

    /// Another kind of hardware than Ethernet stands before it: `06-…`.
    private static func mac(_ word: Substring) -> String? {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts.allSatisfy({ $0.utf8.count == 2 && UInt8($0, radix: 16) != nil }) else { return nil }
        return word.lowercased()
    }

    /// The client chose it, and it goes to terminals.
    private static func name(_ word: Substring) -> String? {
        guard word != "*", word.utf8.count <= 253, word.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        return String(word)
    }
}
