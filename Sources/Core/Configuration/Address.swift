import Model

// Addresses of hosts: the ones that a packet can be sent to.

extension IPv4Address {
    static func host(_ text: String) -> Reading<IPv4Address> {
        guard let address = IPv4Address(text) else {
            if IPv6Address(text) != nil { return .wrong(hint: "only targets can have an IPv6 address") }
            if let prefix = IPv4Prefix(text) { return .wrong(hint: "leave out the length of the prefix: '\(prefix.address)'") }
            let isNumeric = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
            return .wrong(hint: isNumeric ? "an address is four numbers from 0 to 255 without zeros in front, such as '192.0.2.1'" : nil)
        }
        // The IANA special-purpose address registry (RFC 6890), as far as no packet can be sent to one host there.
        switch address.bits >> 24 {
        case 0: return .wrong(hint: "0.0.0.0/8 means \"this network\"; no host has such an address")
        case 127: return .wrong(hint: "127.0.0.0/8 is the box itself")
        case 224...239: return .wrong(hint: "224.0.0.0/4 is for multicast")
        case 240...255:
            return .wrong(
                hint: address.bits == .max ? "this is the broadcast address" : "240.0.0.0/4 is reserved; no host has such an address")
        default: return .value(address)
        }
    }
}

extension IPv6Address {
    static func host(_ text: String) -> Reading<IPv6Address> {
        guard let address = IPv6Address(text) else {
            if let slash = text.firstIndex(of: "/"), let bare = IPv6Address(String(text[..<slash])) {
                return .wrong(hint: "leave out the length of the prefix: '\(bare)'")
            }
            if let colon = text.firstIndex(of: ":"), let bare = IPv4Address(String(text[..<colon])) {
                return .wrong(hint: "an address has no port: '{kind: tcp, address: \(bare), port: …}' asks for one")
            }
            if text.contains("%") { return .wrong(hint: "leave out '%' and what follows: each WAN has its own interface") }
            return .wrong(hint: "an IPv6 address looks like '2001:db8::1'")
        }
        // The same registry.
        switch (address.high, address.low) {
        case (0, 0): return .wrong(hint: "'::' means \"no address\"")
        case (0, 1): return .wrong(hint: "'::1' is the box itself")
        case (0, let low) where low >> 32 == 0xffff:
            return .wrong(hint: "write it as what it is: '\(IPv4Address(bits: UInt32(truncatingIfNeeded: low)))'")
        case (let high, _) where high >> 56 == 0xff: return .wrong(hint: "ff00::/8 is for multicast")
        case _ where address.isLinkLocal:
            return .wrong(hint: "fe80::/10 is known on one link only; '{kind: nd}' asks for the gateway of each WAN")
        default: return .value(address)
        }
    }
}

extension IPAddress {
    static func host(_ text: String) -> Reading<IPAddress> {
        text.contains(":") ? IPv6Address.host(text).map { .v6($0) } : IPv4Address.host(text).map { .v4($0) }
    }
}

extension Value where T == IPv4Address? {
    static var gateway: Value {
        Value(expected: "'auto' or the IPv4 address of a host") { text in
            if text == "auto" { return .value(nil) }
            switch IPv4Address.host(text) {
            case .value(let address): return .value(address)
            case .wrong(let hint): return .wrong(hint: hint ?? suggestion(for: text, ["auto"]))
            }
        }
    }
}

extension Value where T == IPAddress {
    static var host: Value {
        Value(expected: "the address of a host") { text in
            switch IPAddress.host(text) {
            case .value(let address): .value(address)
            case .wrong(let hint): .wrong(hint: hint ?? "a name won't do: looking it up needs the very WAN that is being probed")
            }
        }
    }
}

extension Value where T == Question.Place {
    static var place: Value {
        Value(expected: "'gateway' or the address of a host") { text in
            if text == "gateway" { return .value(.gateway) }
            switch IPAddress.host(text) {
            case .value(let address): return .value(.address(address))
            case .wrong(let hint):
                return .wrong(
                    hint: hint ?? suggestion(for: text, ["gateway"])
                        ?? "a name won't do: looking it up needs the very WAN that is being probed")
            }
        }
    }
}
