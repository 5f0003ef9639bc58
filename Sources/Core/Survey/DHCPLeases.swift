package import Model

/// Which router and resolvers a DHCP client has been given, out of the file that it keeps for itself. What isn't a lease as the client writes it is passed over.
///
/// Whether a lease still stands the file doesn't say well (dhclient appends, and a crash leaves what was). The address does: the client takes it
/// from the interface at the end.
package enum DHCPLeases {
    /// Of each file the last ones: an interface has hardly more addresses.
    private static let most = 8
    /// As many as resolv.conf(5) takes.
    private static let mostResolvers = 3

    /// dhclient.leases(5). One file may have the leases of several interfaces, each client's last one at its end.
    package static func dhclient(_ text: String, of interface: InterfaceName) -> [GatewayLease] {
        var leases: [GatewayLease] = []
        var words = LeaseWords(text)
        while let statement = words.statement() {
            guard statement == ["lease", "{"] else {
                // Those of IPv6, and whatever else has a block.
                if statement.last == "{" { words.skipBlock() }
                continue
            }
            if let lease = lease(&words, interface.description) { leases.append(lease) }
            if leases.count > 2 * most { leases.removeFirst(most) }
        }
        return leases.suffix(most)
    }

    private static func lease(_ words: inout LeaseWords, _ interface: String) -> GatewayLease? {
        var isOfInterface = false
        var address: IPv4Address?
        var router: IPv4Address?
        var classless: [Substring]?
        var resolvers: [IPv4Address] = []
        while let statement = words.statement() {
            switch statement.first {
            case "}": return isOfInterface ? address.flatMap { given($0, router, classless.map(defaultRouter), resolvers) } : nil
            case "interface": isOfInterface = statement.count == 2 && statement[1].unquoted == interface
            case "fixed-address": address = statement.count == 2 ? IPv4Address(String(statement[1])) : nil
            case "option":
                switch statement.dropFirst().first {
                case "routers": router = statement.dropFirst(2).first.flatMap { IPv4Address(String($0)) }
                case "domain-name-servers": resolvers = statement.dropFirst(2).compactMap { IPv4Address(String($0)) }
                case "rfc3442-classless-static-routes", "classless-static-routes": classless = Array(statement.dropFirst(2))
                default: break
                }
            default: if statement.last == "{" { words.skipBlock() }
            }
        }
        // It has no end: the client is writing it.
        return nil
    }

    /// What `option 121` says counts alone where there is one (RFC 3442).
    private static func given(
        _ address: IPv4Address, _ router: IPv4Address?, _ classless: IPv4Address??, _ resolvers: [IPv4Address]
    ) -> GatewayLease? {
        guard let gateway = classless ?? router, gateway.bits != 0 else { return nil }
        return GatewayLease(address: address, gateway: gateway, resolvers: Array(resolvers.prefix(mostResolvers)))
    }

    /// Numbers of 8 bits: the length of a prefix, as much of it as counts, and the router.
    private static func defaultRouter(_ numbers: [Substring]) -> IPv4Address? {
        var rest = numbers.compactMap { UInt8($0) }[...]
        guard rest.count == numbers.count else { return nil }
        while let length = rest.popFirst(), length <= 32 {
            let significant = (Int(length) + 7) / 8
            guard rest.count >= significant + 4 else { return nil }
            rest = rest.dropFirst(significant)
            if length == 0 { return IPv4Address(bits: rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }) }
            rest = rest.dropFirst(4)
        }
        return nil
    }

    /// systemd-networkd's, one file for each interface: lines of `KEY=value` (sd_dhcp_lease_save in libsystemd-network). The form is its own, and has
    /// kept these three for ten years.
    package static func networkd(_ text: String) -> [GatewayLease] {
        var address: IPv4Address?
        var router: IPv4Address?
        var classless: IPv4Address??
        var resolvers: [IPv4Address] = []
        for line in text.split(whereSeparator: \.isNewline) {
            guard let sign = line.firstIndex(of: "=") else { continue }
            let values = line[line.index(after: sign)...].split(separator: " ")
            switch line[..<sign] {
            case "ADDRESS": address = values.first.flatMap { IPv4Address(String($0)) }
            case "ROUTER": router = values.first.flatMap { IPv4Address(String($0)) }
            case "DNS": resolvers = values.compactMap { IPv4Address(String($0)) }
            case "CLASSLESS_ROUTES":
                let route = values.first { $0.hasPrefix("0.0.0.0/0,") }
                classless = .some(route.flatMap { IPv4Address(String($0.dropFirst("0.0.0.0/0,".count))) })
            default: break
            }
        }
        return address.flatMap { given($0, router, classless, resolvers) }.map { [$0] } ?? []
    }
}

/// Words of a lease file up to `;`, `{` or `}`. Text in quotes is one word, whatever is in it; a comma divides as a space does.
private struct LeaseWords {
    private var rest: Substring.UTF8View
    /// Nobody's lease has a statement as long as that.
    private static let mostWords = 512

    init(_ text: String) { rest = text[...].utf8 }

    /// With the brace that ends it. nil: there is no more.
    mutating func statement() -> [Substring]? {
        var words: [Substring] = []
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: ";"):
                rest.removeFirst()
                if !words.isEmpty { return words }
            case UInt8(ascii: "{"), UInt8(ascii: "}"):
                // The one that ends a block is a statement of its own.
                if byte == UInt8(ascii: "}"), !words.isEmpty { return words }
                words.append(Substring(rest.prefix(1)))
                rest.removeFirst()
                return words
            case UInt8(ascii: "#"): rest = rest.drop { $0 != UInt8(ascii: "\n") }
            case UInt8(ascii: "\""): add(quoted(), to: &words)
            case _ where Self.isSpace(byte): rest.removeFirst()
            default:
                let word = rest.prefix { !Self.isSpace($0) && !Self.marks.contains($0) }
                rest = rest.dropFirst(word.count)
                add(Substring(word), to: &words)
            }
        }
        return nil
    }

    /// Behind its opening brace; blocks within it go with it.
    mutating func skipBlock() {
        var depth = 1
        while depth > 0, let statement = statement() {
            if statement.last == "{" { depth += 1 }
            if statement == ["}"] { depth -= 1 }
        }
    }

    private mutating func quoted() -> Substring {
        var isEscaped = false
        var length = 1
        for byte in rest.dropFirst() {
            length += 1
            if byte == UInt8(ascii: "\""), !isEscaped { break }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        defer { rest = rest.dropFirst(length) }
        return Substring(rest.prefix(length))
    }

    private func add(_ word: Substring, to words: inout [Substring]) { if words.count < Self.mostWords { words.append(word) } }

    private static let marks: Set<UInt8> = Set(";{}#\"".utf8)
    private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == UInt8(ascii: ",") }
}
