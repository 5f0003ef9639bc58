/// The sessions of one of the router's clients by one WAN.
package struct SessionCount: Hashable, Sendable {
    package var sessions = 0
    package var answered = 0

    package init(sessions: Int = 0, answered: Int = 0) {
        self.sessions = sessions
        self.answered = answered
    }
}

extension Router {
    /// What `conntrack` says, by the client's address and the name of the WAN: a second opinion.
    package func sessionCounts() async throws -> [String: [String: SessionCount]] {
        let text = try await node.shell("conntrack -L -f ipv4 2>/dev/null; conntrack -L -f ipv6 2>/dev/null")
        return Self.sessionCounts(text)
    }

    /// Pure: the text is an argument.
    package static func sessionCounts(_ text: String) -> [String: [String: SessionCount]] {
        var counts: [String: [String: SessionCount]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            func value(_ key: String) -> String? { words.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) } }
            guard let source = value("src"), source.hasPrefix("192.168.88.") || source.hasPrefix("2001:db8:88:"),
                source != Addresses.routerLAN, source != Addresses.routerLAN6,
                let mark = value("mark").flatMap({ Int($0) })
            else { continue }
            let wan = [1 << 24: Addresses.telkom.name, 2 << 24: Addresses.smartfren.name][mark & 0xf << 24]
            guard let wan else { continue }
            counts[source, default: [:]][wan, default: SessionCount()].sessions += 1
            if !words.contains("[UNREPLIED]") { counts[source, default: [:]][wan, default: SessionCount()].answered += 1 }
        }
        return counts
    }
}
