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

extension HTTPQuestion: ProbeKind {
    package static let service: ServiceKind? = ServiceKind(dead: .httpDead, lies: [.captivePortal], prefix: "http://")
    package static let interval: Duration = .seconds(60)
    package static let timeout: Duration = .seconds(5)
    package static let shortestInterval: Duration = .seconds(10)
    package static let verb = "came as it should"
    package static let silence = "didn't come"

    package var description: String { url }
    package var isBeyondGateway6: Bool { family == .v6 }
    // SYN and SYN-ACK of 40 bytes of TCP; ACK, request, response, both acknowledged, FIN and ACK from either side of 32 each; 65 bytes of
    // request besides host and path, and some 300 of response. The host's address is looked up too rarely to count.
    package var bytes: Int { 10 * family.headerLength + 2 * 40 + 8 * 32 + 65 + host.utf8.count + path.utf8.count + 300 }

    /// A name is taken for one that has an IPv4 address.
    private var family: IPFamily { IPv6Address(host) == nil ? .v4 : .v6 }
}
