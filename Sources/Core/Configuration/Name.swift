import Model

/// A host's name as DNS has it, without a dot at its end.
struct HostName {
    let text: String

    /// nil: it is none. RFC 1035, section 2.3.4, with the underscore that service names have.
    init?(_ given: String) {
        let text = given.hasSuffix(".") ? String(given.dropLast()) : given
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isRight = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                }
        }
        guard isRight, text.utf8.count <= 253 else { return nil }
        self.text = text
    }

    static let form = "a name is made of labels with dots in between, each of 1 to 63 letters, digits, '-' and '_', 253 in all"

    static func hint(for text: String) -> String {
        text.unicodeScalars.allSatisfy(\.isASCII) ? form : "write the form that DNS has of it, which begins with 'xn--'"
    }
}

extension Value where T == String {
    static var hostName: Value {
        Value(expected: "a name of DNS") { text in
            if IPAddress(text) != nil { return .wrong(hint: "this is an address; for a PTR question write '1.2.0.192.in-addr.arpa'") }
            return HostName(text).map { .value($0.text) } ?? .wrong(hint: HostName.hint(for: text))
        }
    }

    /// - Parameter length: in bytes.
    static func text(_ length: ClosedRange<Int>) -> Value {
        Value(expected: "text of \(length.lowerBound) to \(length.upperBound) bytes") { text in
            // It is shown in status and logs.
            if text.unicodeScalars.contains(where: \.movesCursor) { return .wrong(hint: "control characters can't be in it") }
            return length.contains(text.utf8.count) ? .value(text) : .wrong(hint: nil)
        }
    }
}

/// What is left of an `http:` address when the question has taken it apart.
struct WebAddress: Hashable {
    var host: String
    var port: UInt16 = 80
    var path: String

    static func reading(_ text: String) -> Reading<WebAddress> {
        let form = "write 'http://host/path' or 'http://host:port/path'"
        let scheme = text.prefix { $0 != ":" }.lowercased()
        if scheme == "https" {
            return .wrong(
                hint: "write 'http://': uplinkd has no TLS, and over http a captive portal can answer in the server's place, which is what "
                    + "such a probe finds out")
        }
        guard text.lowercased().hasPrefix("http://") else { return .wrong(hint: form) }
        guard text.utf8.count <= 2048 else { return .wrong(hint: "it can't be longer than 2048 bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return .wrong(hint: "write a space and letters beyond ASCII in the form '%20'")
        }
        guard !text.contains("#") else { return .wrong(hint: "leave out '#' and what follows: no server gets to see it") }
        let rest = text.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count)
        guard !authority.contains("@") else { return .wrong(hint: "a probe has no user and password: leave them out") }
        guard let (host, port) = split(authority) else { return .wrong(hint: form) }
        guard let port else { return .wrong(hint: "a port is a number from 1 to 65535") }
        let name: String
        if authority.first == "[" {
            switch IPv6Address.host(host) {
            case .value(let address): name = address.description
            case .wrong(let hint): return .wrong(hint: hint)
            }
        } else if host.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) {
            switch IPv4Address.host(host) {
            case .value(let address): name = address.description
            case .wrong(let hint): return .wrong(hint: hint)
            }
        } else {
            guard let host = HostName(host) else { return .wrong(hint: HostName.hint(for: host)) }
            name = host.text
        }
        return .value(WebAddress(host: name, port: port, path: path.first == "/" ? String(path) : "/\(path)"))
    }

    /// The port is nil if it is none. The whole is nil if a bracket isn't closed.
    private static func split(_ authority: Substring) -> (host: String, port: UInt16?)? {
        let end: Substring.Index
        var host = authority
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            host = authority[..<bracket].dropFirst()
            end = authority.index(after: bracket)
        } else {
            end = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<end]
        }
        guard !host.isEmpty else { return nil }
        let rest = authority[end...]
        guard !rest.isEmpty else { return (String(host), 80) }
        guard rest.first == ":" else { return nil }
        let digits = rest.dropFirst()
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits), port > 0 else {
            return (String(host), nil)
        }
        return (String(host), port)
    }
}

extension Value where T == WebAddress {
    static var url: Value { Value(expected: "an address that begins with 'http://'", parse: WebAddress.reading) }
}
