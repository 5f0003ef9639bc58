/// What a probe asks, and whom.
package enum Question: Hashable, Sendable {
    case echo(Place)
    case neighbour(IPFamily)
    case connect(IPAddress, port: UInt16)
    case dns(DNSQuestion)
    case http(HTTPQuestion)
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

        /// The WAN's gateway is an IPv4 one.
        var family: IPFamily { if case .address(let address) = self { address.family } else { .v4 } }
    }

    /// As the configuration file, status and answers call it.
    package enum Kind: String, Sendable, CaseIterable {
        case icmp, arp, nd, tcp, dns, http, exec

        /// Its entry in the table of kinds.
        package var entry: any ProbeKind.Type {
            switch self {
            case .icmp: EchoQuestion.self
            case .arp, .nd: NeighbourQuestion.self
            case .tcp: ConnectQuestion.self
            case .dns: DNSQuestion.self
            case .http: HTTPQuestion.self
            case .exec: ScriptQuestion.self
            }
        }
    }

    /// With all that its kind knows of it.
    private var asked: (kind: Kind, question: any ProbeKind) {
        switch self {
        case .echo(let place): (.icmp, EchoQuestion(place: place))
        case .neighbour(let family): (family == .v4 ? .arp : .nd, NeighbourQuestion(family: family))
        case .connect(let address, let port): (.tcp, ConnectQuestion(address: address, port: port))
        case .dns(let question): (.dns, question)
        case .http(let question): (.http, question)
        case .exec(let command): (.exec, ScriptQuestion(command: command))
        }
    }
}

// The rest is the same for every kind: what differs is in its entry.
extension Question: CustomStringConvertible {
    package var kind: Kind { asked.kind }
    package var entry: any ProbeKind.Type { kind.entry }
    package var isService: Bool { entry.service != nil }
    package var isLocal: Bool { asked.question.isLocal }
    package var isBeyondGateway6: Bool { asked.question.isBeyondGateway6 }
    /// What it tells of. IPv4 where its family isn't fixed: a program, a page by its name, the gateway in words.
    package var family: IPFamily { self == .neighbour(.v6) || isBeyondGateway6 ? .v6 : .v4 }
    package var bytes: Int { asked.question.bytes }
    /// In status, events and logs: `gateway`, `1.1.1.1`, `tcp 1.1.1.1:443`, `dns 9.9.9.9 example.com A`, `http://example.com/`.
    package var description: String { asked.question.description }

    /// The gateway in words is replaced by its address. nil: there is none to ask.
    package func resolved(gateway: IPAddress?) -> Question? {
        let question = asked.question
        return question.isOfGateway ? gateway.flatMap(question.asking) : self
    }
}
