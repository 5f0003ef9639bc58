/// A socket of a program on the box itself, by its own end.
package struct OwnSocket: Hashable, Sendable, Codable, Comparable {
    /// The IP protocol: 6 is TCP, 17 UDP.
    package var transport: UInt8
    package var port: UInt16

    package init(transport: UInt8, port: UInt16) {
        self.transport = transport
        self.port = port
    }

    package static func < (a: Self, b: Self) -> Bool { (a.transport, a.port) < (b.transport, b.port) }
}

extension OwnSocket: CustomStringConvertible {
    package var description: String { "\(transport == SessionTimeouts.tcp ? "TCP" : "UDP") \(port)" }
}

extension [OwnSocket] {
    private static let mostListed = 5

    /// For the middle of a sentence: not all of them if they are many.
    package var listed: String {
        let rest = count - Self.mostListed
        return prefix(Self.mostListed).map(\.description).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
