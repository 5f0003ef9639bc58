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

extension DNSQuestion: ProbeKind {
    package static let service: ServiceKind? = ServiceKind(dead: .dnsDead, lies: [.dnsWrong], prefix: "dns ")
    package static let interval: Duration = .seconds(10)
    package static let timeout: Duration = .seconds(3)
    package static let shortestInterval: Duration = .seconds(1)
    package static let isAskedInEveryRound = true
    package static let verb = "was answered as it should be"
    package static let silence = "wasn't answered"

    package var description: String { "dns \(server.description) \(name) \(type.rawValue)" }
    package var isBeyondGateway6: Bool { server.family == .v6 }
    // Twice the question, and one answer record of an address.
    package var bytes: Int { 2 * (server.family.headerLength + 8 + 12 + name.utf8.count + 2 + 4) + 28 }
    package var isOfGateway: Bool { server == .gateway }

    package func asking(gateway: IPAddress) -> Question? {
        .dns(DNSQuestion(server: .address(gateway), name: name, type: type, expected: expected))
    }
}
