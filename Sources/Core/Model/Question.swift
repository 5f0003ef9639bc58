/// What a probe asks, and whom.
package enum Question: Hashable, Sendable {
    /// ICMP echo: RFC 792, RFC 4443.
    case echo(Place)
    /// The gateway's link-layer address: ARP (RFC 826) or neighbour discovery (RFC 4861). Answered even by a gateway that ignores pings.
    case neighbour(IPFamily)
    /// A TCP connection, closed as soon as it is open.
    case connect(IPAddress, port: UInt16)
    case dns(DNSQuestion)
    case http(HTTPQuestion)
    /// A program of the administrator's; exit status 0 is the right answer.
    case exec([String])

    package enum Place: Hashable, Sendable {
        /// The WAN's own gateway, whatever it is at the moment.
        case gateway
        case address(IPAddress)

        package var description: String {
            switch self {
            case .gateway: "gateway"
            case .address(let address): address.description
            }
        }
    }

    package enum Kind: String, Sendable, CaseIterable, Codable {
        case echo = "icmp"
        case neighbour = "arp"
        case connect = "tcp"
        case dns, http, exec
    }

    package var kind: Kind {
        switch self {
        case .echo: .echo
        case .neighbour: .neighbour
        case .connect: .connect
        case .dns: .dns
        case .http: .http
        case .exec: .exec
        }
    }

    /// It goes no farther than the gateway, so its answer says nothing of the Internet.
    package var isLocal: Bool {
        switch self {
        case .echo(.gateway), .neighbour: true
        case .echo(.address), .connect, .dns, .http, .exec: false
        }
    }

    /// It asks for a service, not only for a way: what it tells is whether the WAN is good for anything, not whether it is alive.
    package var isService: Bool {
        switch self {
        case .echo, .neighbour, .connect: false
        case .dns, .http, .exec: true
        }
    }

    /// It can be answered by a WAN that has IPv6 and nothing else, and then says something of the Internet.
    package var isBeyondGateway6: Bool {
        switch self {
        case .echo(let place): place.family == .v6
        case .connect(let address, _): address.family == .v6
        case .dns(let question): question.server.family == .v6
        case .http(let question): question.family == .v6
        case .neighbour, .exec: false
        }
    }

    /// The gateway in words is replaced by its address. nil: there is none to ask.
    package func resolved(gateway: IPAddress?) -> Question? {
        switch self {
        case .echo(.gateway): return gateway.map { .echo(.address($0)) }
        case .neighbour(.v4): return gateway?.family == .v4 ? self : nil
        case .dns(var question):
            guard question.server == .gateway else { return self }
            guard let gateway else { return nil }
            question.server = .address(gateway)
            return .dns(question)
        case .echo, .neighbour, .connect, .http, .exec: return self
        }
    }
}

package struct DNSQuestion: Hashable, Sendable {
    package enum RecordType: String, Sendable, CaseIterable {
        case a = "A"
        case aaaa = "AAAA"
        case cname = "CNAME"
        case mx = "MX"
        case ns = "NS"
        case ptr = "PTR"
        case soa = "SOA"
        case txt = "TXT"
    }

    package var server: Question.Place
    /// Without a dot at its end; at least one label, 253 characters at most (RFC 1035, section 2.3.4).
    package var name: String
    package var type: RecordType
    /// One of them has to be among the answers; empty: any answer of this type will do.
    package var expected: [String]

    package init(server: Question.Place, name: String, type: RecordType = .a, expected: [String] = []) {
        self.server = server
        self.name = name
        self.type = type
        self.expected = expected
    }
}

package struct HTTPQuestion: Hashable, Sendable {
    /// A name or an address; IPv6 without brackets.
    package var host: String
    package var port: UInt16
    /// With the query, if any; begins with "/".
    package var path: String
    package var status: Int
    /// What the body has to begin with. nil: anything, but a status of 204 means none at all.
    package var body: String?
    /// Whom to ask for the address of `host` if that is a name; by the very WAN that is probed.
    package var resolver: IPAddress

    package init(host: String, port: UInt16 = 80, path: String = "/", status: Int = 200, body: String? = nil, resolver: IPAddress) {
        self.host = host
        self.port = port
        self.path = path
        self.status = status
        self.body = body
        self.resolver = resolver
    }

    package var url: String { "http://\(host.contains(":") ? "[\(host)]" : host)\(port == 80 ? "" : ":\(port)")\(path)" }
}

extension Question: CustomStringConvertible {
    /// In status, events and logs: `gateway`, `1.1.1.1`, `tcp 1.1.1.1:443`, `dns 9.9.9.9 example.com A`, `http://example.com/`.
    package var description: String {
        switch self {
        case .echo(let place): place.description
        case .neighbour(.v4): "arp gateway"
        case .neighbour(.v6): "nd gateway"
        case .connect(let address, let port): "tcp \(address.bracketed):\(port)"
        case .dns(let question): "dns \(question.server.description) \(question.name) \(question.type.rawValue)"
        case .http(let question): question.url
        case .exec(let command): "exec " + command.joined(separator: " ")
        }
    }
}

/// One thing that a WAN is judged by, with what it has of its own.
package struct Target: Hashable, Sendable, CustomStringConvertible {
    package var question: Question
    /// nil: that of its WAN, or of its kind.
    package var ownInterval: Duration?
    package var ownTimeout: Duration?

    package init(_ question: Question, interval: Duration? = nil, timeout: Duration? = nil) {
        self.question = question
        ownInterval = interval
        ownTimeout = timeout
    }

    /// The short form of an echo: `gateway`, or an address.
    package init?(_ text: String) {
        if text == "gateway" {
            self = .gateway
        } else if let address = IPAddress(text) {
            self.init(.echo(.address(address)))
        } else {
            return nil
        }
    }

    package static let gateway = Target(.echo(.gateway))
    package static func address(_ address: IPv4Address) -> Target { Target(.echo(.address(.v4(address)))) }

    package var description: String { question.description }
}
