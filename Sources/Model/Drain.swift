/// How long sessions may stay on a WAN that works but carries new ones no longer, after a failback or by the operator's word.
package struct Drain: Equatable, Sendable {
    /// nil: until they end by themselves. Zero: not at all.
    package var limit: Duration?
    /// What has another limit than the rest. The first that fits a session decides.
    package var classes: [DrainClass]

    /// Where it costs by the byte, a download must not run on for hours.
    package static let meteredLimit: Duration = .seconds(600)

    package init(limit: Duration? = nil, classes: [DrainClass] = []) {
        self.limit = limit
        self.classes = classes
    }
}

/// Sessions of one kind, by what they were opened to.
package struct DrainClass: Hashable, Sendable {
    package var sessions: SessionClass
    package var limit: Duration?

    package init(_ sessions: SessionClass, limit: Duration?) {
        self.sessions = sessions
        self.limit = limit
    }
}

/// A transport protocol and the ports that a session was opened to.
package struct SessionClass: Hashable, Sendable, Codable {
    /// As in /etc/protocols: 6 is TCP, 17 UDP, 47 GRE, 50 ESP.
    package var transport: UInt8
    /// Empty: all, also where there are no ports.
    package var ports: [ClosedRange<UInt16>]

    package init(transport: UInt8, ports: [ClosedRange<UInt16>] = []) {
        self.transport = transport
        self.ports = ports
    }

    package func contains(transport: UInt8, port: UInt16?) -> Bool {
        guard transport == self.transport else { return false }
        guard !ports.isEmpty else { return true }
        return port.map { port in ports.contains { $0.contains(port) } } ?? false
    }
}
