/// A file of ours among another program's: its first line says so, and by its sum what somebody has changed by hand is told from what we wrote.
package struct LANFile: Equatable, Sendable {
    package let path: String
    /// Without the first line.
    package let body: String

    package init(path: String, body: String) {
        self.path = path
        self.body = body
    }

    private static let mark = "# Written by uplinkd-lan from uplinkd.yaml: change that, and `systemctl reload uplinkd-lan`. Sum "

    package var text: String { Self.mark + Self.sum(of: body) + "\n" + body }

    /// What is there in a file's place.
    package enum Found: Equatable, Sendable {
        case nothing
        /// As we wrote it, now or with another configuration.
        case ours
        case changedByHand
        case somebodyElses
    }

    /// - Parameter text: nil: there is no such file.
    package static func found(_ text: String?) -> Found {
        guard let text else { return .nothing }
        guard text.hasPrefix(mark) else { return .somebodyElses }
        let end = text.firstIndex(of: "\n") ?? text.endIndex
        let body = end == text.endIndex ? "" : text[text.index(after: end)...]
        return text[..<end].dropFirst(mark.count) == sum(of: body) ? .ours : .changedByHand
    }

    /// FNV-1a of 64 bits: it is to show a change, not to withstand somebody who wants to hide one.
    private static func sum(of text: some StringProtocol) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
