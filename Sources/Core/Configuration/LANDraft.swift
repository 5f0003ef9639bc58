import Model

/// `lan`, as read: whom the WANs are for, and what `uplinkd-lan` gives them.
struct LANDraft {
    var interfaces = Entry<[Located<InterfaceName>]>.absent
    var leases = Entry<String?>.absent
    var address = Entry<IPv4Prefix?>.absent
    var ports = Entry<[Located<InterfaceName>]>.absent
    var dhcp = DHCPDraft()
    var dns = DNSDraft()

    static var keys: [Key<LANDraft>] {
        [
            .list("interfaces", \.interfaces, of: .interface, required: "list the interfaces that the clients are behind, such as '[br0]'"),
            .value("leases", \.leases, .leases),
            .value("address", \.address, Value<IPv4Prefix>.ownAddress.or("none")),
            .listOrNone("ports", \.ports, whenEmpty: "write 'none' if the interface is no bridge") {
                Value<InterfaceName>.interface.read($0, subject: "each of 'ports'", at: $0.mark, &$1)
            },
            .mapping("dhcp", \.dhcp, DHCPDraft.keys),
            .mapping("dns", \.dns, DNSDraft.keys),
        ]
    }

    /// Outer nil: something is wrong, and has been reported. Inner nil: the LAN is somebody else's.
    var service: LANService?? {
        guard let address = address.value(default: .some(nil)) else { return nil }
        guard let address else { return .some(nil) }
        guard let interface = interfaces.value()?.first?.value, let ports = ports.value(default: []),
            let pool = dhcp.pool.value(default: .automatic), let leaseTime = dhcp.leaseTime.value(default: LANService.standardLeaseTime),
            let domain = dhcp.domain.value(default: LANService.standardDomain), let hosts = dhcp.hosts.value(default: []),
            let upstream = dns.upstream.value(default: []), let names = dns.names.value(default: [])
        else { return nil }
        return .some(
            LANService(
                interface: interface, address: address, ports: ports.map(\.value), pool: pool.range(in: address), leaseTime: leaseTime,
                domain: domain, hosts: hosts.map(\.value), upstream: upstream.isEmpty ? nil : upstream.map(\.value),
                names: names.map(\.value)))
    }
}

/// Which addresses clients get.
enum Pool: Equatable {
    case automatic
    case nobody
    case range(AddressRange)

    func range(in network: IPv4Prefix) -> AddressRange? {
        switch self {
        case .automatic: network.standardPool
        case .nobody: nil
        case .range(let range): range
        }
    }
}

struct DHCPDraft {
    var pool = Entry<Pool>.absent
    var leaseTime = Entry<Duration>.absent
    var domain = Entry<String>.absent
    var hosts = Entry<[Located<LANHost>]>.absent

    static var keys: [Key<DHCPDraft>] {
        [
            .value("range", \.pool, .pool),
            .value("lease-time", \.leaseTime, .time(.seconds(120) ... .seconds(7 * 24 * 3600))),
            .value("domain", \.domain, .domain),
            .listOrNone("hosts", \.hosts, whenEmpty: "write 'none' if no computer has a fixed address") { item, problems in
                var read = HostDraft()
                readMapping(item, Owner(subject: "a host", mark: item.mark, isItem: true), HostDraft.keys, into: &read, &problems)
                return read.host(item.mark, &problems)
            },
        ]
    }
}

private struct HostDraft {
    var mac = Entry<String>.absent
    var name = Entry<String>.absent
    var address = Entry<IPv4Address>.absent

    static var keys: [Key<HostDraft>] {
        [
            .value("mac", \.mac, .mac, required: "whose lease it is, such as 'mac: \"02:00:5e:10:00:01\"'"),
            .value("name", \.name, .label), .value("address", \.address, .host),
        ]
    }

    func host(_ mark: Mark, _ problems: inout Problems) -> Entry<LANHost> {
        guard let mac = mac.value() else { return .refused }
        if name.isAbsent, address.isAbsent {
            problems.error(
                "'\(mac)' has neither a name nor an address", at: mark, hint: "give it one: '{mac: \"\(mac)\", name: printer}'")
            return .refused
        }
        for wrong in [name.value() == nil && !name.isAbsent, address.value() == nil && !address.isAbsent] where wrong { return .refused }
        return .given(LANHost(mac: mac, name: name.value(), address: address.value()), mark)
    }
}

struct DNSDraft {
    /// Empty: each WAN's own.
    var upstream = Entry<[Located<IPAddress>]>.absent
    var names = Entry<[Located<LANName>]>.absent

    static var keys: [Key<DNSDraft>] {
        [
            .listOrNone("upstream", \.upstream, word: "wans", whenEmpty: "write 'wans' for the resolvers of each WAN") {
                Value<IPAddress>.resolver.read($0, subject: "each of 'upstream'", at: $0.mark, &$1)
            },
            .listOrNone("names", \.names, whenEmpty: "write 'none' if this box knows no other names") { item, problems in
                var read = NameDraft()
                readMapping(item, Owner(subject: "a name", mark: item.mark, isItem: true), NameDraft.keys, into: &read, &problems)
                guard let name = read.name.value(), let address = read.address.value() else { return .refused }
                return .given(LANName(name: name, address: address), item.mark)
            },
        ]
    }
}

private struct NameDraft {
    var name = Entry<String>.absent
    var address = Entry<IPAddress>.absent

    static var keys: [Key<NameDraft>] {
        [
            .value("name", \.name, .hostName, required: "the name, such as 'name: nas'"),
            .value("address", \.address, .resolver, required: "what it stands for, such as 'address: 192.0.2.9'"),
        ]
    }
}

extension LANHost: CustomStringConvertible { package var description: String { name ?? mac } }
extension LANName: CustomStringConvertible { package var description: String { name } }

extension Key {
    /// A list, or a word in its place. Items may not be there twice.
    static func listOrNone<T: Hashable & CustomStringConvertible>(
        _ name: String, _ path: WritableKeyPath<Draft, Entry<[Located<T>]>>, word: String = "none", whenEmpty: String,
        _ readItem: @escaping (Node, inout Problems) -> Entry<T>
    ) -> Key {
        Key(name: name) { node, mark, draft, problems in
            if case .scalar(word) = node.content {
                draft[keyPath: path] = .given([], node.mark)
            } else {
                draft[keyPath: path] = readList(node, name, mark, whenEmpty: whenEmpty, identity: { $0 }, &problems, readItem)
            }
        }
    }
}

extension Value where T == IPv4Prefix {
    fileprivate static var ownAddress: Value {
        Value(expected: "this box's own address and the length of the network's prefix, such as 10.77.0.1/24") { text in
            guard let prefix = IPv4Prefix(text) else {
                return .wrong(
                    hint: IPv4Address(text).map { "add the length of the network's prefix: '\($0)/24'" }
                        ?? (text.contains(":") ? "the LAN's own IPv6 addresses aren't given by uplinkd" : nil))
            }
            if case .wrong(let hint) = IPv4Address.host(prefix.address.description) { return .wrong(hint: hint) }
            guard (8...29).contains(prefix.length), let hosts = prefix.hosts else {
                return .wrong(hint: "a LAN has a prefix of 8 to 29 bits: 24 for up to 253 clients")
            }
            guard hosts.contains(prefix.address) else {
                return .wrong(hint: "no host can have that address: write '\(hosts.first)/\(prefix.length)'")
            }
            return .value(prefix)
        }
    }
}

extension Value where T == Pool {
    fileprivate static var pool: Value {
        Value(expected: "'auto', 'none' or two addresses such as 10.77.0.100-10.77.0.249") { text in
            switch text {
            case "auto": return .value(.automatic)
            case "none": return .value(.nobody)
            default:
                if let range = AddressRange(text) { return .value(.range(range)) }
                let ends = text.split(separator: "-").compactMap { IPv4Address(String($0)) }
                if ends.count == 2 { return .wrong(hint: "write the lower address first: '\(ends[1])-\(ends[0])'") }
                return .wrong(hint: text.contains(" ") ? "write it without spaces" : suggestion(for: text, ["auto", "none"]))
            }
        }
    }
}

extension Value where T == String {
    /// One that a DHCP server takes: it is one word of DNS, without the underscore.
    fileprivate static var label: Value {
        Value(expected: "a name of 1 to 63 letters, digits and '-'") { text in
            guard let name = HostName(text), name.text == text, !text.contains("_") else { return .wrong(hint: HostName.hint(for: text)) }
            guard !text.contains(".") else { return .wrong(hint: "leave out the domain, which is 'domain' for all of them") }
            return .value(text)
        }
    }

    fileprivate static var domain: Value {
        Value(expected: "a name of DNS") { text in
            let reading = Value.hostName.parse(text)
            guard case .value(let name) = reading else { return reading }
            let last = name.split(separator: ".").last?.lowercased()
            return last == "local" ? .wrong(hint: "'local' belongs to multicast DNS (RFC 6762): write 'home.arpa' or 'internal'") : reading
        }
    }
}

extension Value where T == IPv4Address {
    fileprivate static var host: Value { Value(expected: "the IPv4 address of a host", parse: IPv4Address.host) }
}

extension Value where T == IPAddress {
    /// Not in the words of a probe's address.
    fileprivate static var resolver: Value { Value(expected: "the address of a host", parse: IPAddress.host) }
}
