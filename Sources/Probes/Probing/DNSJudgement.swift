import Floor
import Model

/// What a DNS message means to who asked.
enum DNSJudgement: Equatable, Sendable {
    /// The answers of the type that was asked for, with the shortest time that they, and what led to them, may be kept: seconds.
    case found([DNSRecord.Data], keepFor: UInt32)
    /// A clause: `NXDOMAIN for example.com`.
    case wrong(String)
    /// Not an answer to this question.
    case notOurs
}

extension DNSMessage {
    /// - Parameter id: that of the question.
    func judged(id: UInt16, _ name: DNSName, _ type: DNSQuestion.RecordType) -> DNSJudgement {
        guard isResponse, operation == 0, self.id == id else { return .notOurs }
        let asked = Entry(name: name, type: type.number, class: Self.internet)
        // Servers that refuse, or don't understand, may leave the question out.
        guard questions == [asked] || questions.isEmpty && code != 0 else { return .notOurs }
        guard code == 0 else { return .wrong("\(codeName) for \(name)") }
        if isTruncated { return .wrong("the answer for \(name) doesn't fit into a datagram") }
        var current = name
        var keepFor = UInt32.max
        // A chain of aliases takes a record for each step, so it ends; a circle ends for want of new ones.
        for _ in 0...answers.count {
            let own = answers.filter { $0.entry.name == current && $0.entry.class == Self.internet }
            let found = own.filter { $0.entry.type == type.number }
            if !found.isEmpty {
                return .found(found.map(\.data), keepFor: min(keepFor, found.map(\.timeToLive).min() ?? 0))
            }
            guard let alias = own.first(where: { $0.entry.type == DNSQuestion.RecordType.cname.number }), case .name(let next) = alias.data
            else { break }
            keepFor = min(keepFor, alias.timeToLive)
            current = next
        }
        return .wrong("there is no \(type.rawValue) record for \(name)")
    }

    /// RFC 1035, section 4.1.1, and the IANA's list.
    private var codeName: String {
        switch code {
        case 1: "FORMERR"
        case 2: "SERVFAIL"
        case 3: "NXDOMAIN"
        case 4: "NOTIMP"
        case 5: "REFUSED"
        default: "error \(code)"
        }
    }
}

extension DNSQuestion {
    /// nil: it is right. Otherwise a clause on what is wrong with these answers.
    func complaint(about answers: [DNSRecord.Data]) -> String? {
        let texts = answers.map(\.text)
        guard !expected.isEmpty, Set(expected.map(normalized)).isDisjoint(with: texts) else { return nil }
        // Never a page full: it goes into a log line.
        let shown = printable(texts.prefix(3).joined(separator: ", "), limit: 200) + (texts.count > 3 ? ", …" : "")
        return "\(type.rawValue) of \(name) is \(shown), not \(expected.prefix(3).joined(separator: " or "))"
    }

    private func normalized(_ expected: String) -> String {
        switch type {
        case .a, .aaaa: IPAddress(expected)?.description ?? expected
        case .cname, .ns, .ptr: DNSName(expected).description
        case .mx, .soa:
            expected.split(separator: " ").map { DNSName(String($0)).description }.joined(separator: " ")
        case .txt: expected
        }
    }
}

extension DNSRecord.Data {
    /// As zone files have it, without a dot at the end of names.
    var text: String {
        switch self {
        case .address(let address): address.description
        case .name(let name): name.description
        case .text(let text): text
        case .other: ""
        }
    }
}
