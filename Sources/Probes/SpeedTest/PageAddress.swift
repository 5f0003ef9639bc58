/// Where a page is: `http://host:port/path`. Anything else is refused with what to write instead.
package struct PageAddress: Equatable, Sendable {
    package var host: String
    package var port: UInt16
    /// With the query.
    package var path: String

    package init(_ text: String) throws(SpeedTestError) {
        guard let colon = text.range(of: "://") else {
            throw SpeedTestError("'\(text)' is no address of a page: write 'http://host/path'.")
        }
        switch text[..<colon.lowerBound].lowercased() {
        case "http": break
        case "https":
            throw SpeedTestError(
                """
                '\(text)' needs TLS, and uplinkctl has none: its encryption would be this box's speed, not the WAN's. \
                Take a page by plain http, such as a provider's or a mirror's.
                """)
        default: throw SpeedTestError("'\(text)' is no page by http: write 'http://host/path'.")
        }
        let rest = text[colon.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest[authority.endIndex...]
        guard !authority.contains("@") else {
            throw SpeedTestError("'\(text)' has a name or a password in it, which would go out in clear.")
        }
        let port: Substring?
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.first == ":" else { throw SpeedTestError("'\(text)': after ']' comes a port or a path.") }
            port = after.isEmpty ? nil : after.dropFirst()
        } else {
            let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = String(parts[0])
            port = parts.count > 1 ? parts[1] : nil
        }
        guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw SpeedTestError("'\(text)' names no host: write 'http://host/path'.")
        }
        if let port {
            guard let number = UInt16(port), number > 0 else { throw SpeedTestError("'\(text)': '\(port)' is no port: 1 to 65535.") }
            self.port = number
        } else {
            self.port = 80
        }
        path = tail.hasPrefix("/") ? String(tail) : "/" + tail
        // It goes into a line of the request.
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw SpeedTestError("'\(text)' has a space or a letter in its path that has to be written as %XX.")
        }
    }

    /// Where a redirect from here leads.
    func following(_ location: String) throws(SpeedTestError) -> PageAddress {
        if location.contains("://") { return try PageAddress(location) }
        if location.hasPrefix("//") { return try PageAddress("http:" + location) }
        let folder = path.prefix { $0 != "?" }
        let target = location.hasPrefix("/") ? location : folder[...(folder.lastIndex(of: "/") ?? folder.startIndex)] + location
        return try PageAddress("http://\(authority)\(target)")
    }

    /// As it stands in a request.
    var authority: String { (host.contains(":") ? "[\(host)]" : host) + (port == 80 ? "" : ":\(port)") }

    package var text: String { "http://\(authority)\(path)" }
}

/// A sentence for whoever started the test.
package struct SpeedTestError: Error, Equatable, Sendable, CustomStringConvertible {
    package var description: String
    /// Wrong usage, and nothing of the WAN's or the server's.
    package var isUsage: Bool

    package init(_ description: String, isUsage: Bool = true) {
        self.description = description
        self.isUsage = isUsage
    }

    static func server(_ description: String) -> SpeedTestError { SpeedTestError(description, isUsage: false) }
}

extension String {
    /// FoundationEssentials has one, and the pure files need nothing of it else.
    fileprivate func range(of word: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(word) { return start..<index(start, offsetBy: word.count) }
            start = index(after: start)
        }
        return nil
    }
}
