import Model

/// The transport protocols that a class of sessions can be of, by their numbers in /etc/protocols.
enum TransportName: String, CaseIterable {
    case tcp, udp, sctp, gre, esp, ah

    var number: UInt8 {
        switch self {
        case .tcp: 6
        case .udp: 17
        case .gre: 47
        case .esp: 50
        case .ah: 51
        case .sctp: 132
        }
    }

    var hasPorts: Bool {
        switch self {
        case .tcp, .udp, .sctp: true
        case .gre, .esp, .ah: false
        }
    }
}

/// Ports as a person writes them: `5060`, `10000-20000`.
struct PortRange: Hashable, CustomStringConvertible {
    var range: ClosedRange<UInt16>

    init(_ range: ClosedRange<UInt16>) { self.range = range }

    var description: String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
}

extension Value where T == PortRange {
    static var ports: Value {
        Value(expected: "a port from 1 to 65535, or a range of ports such as 10000-20000") { text in
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { part -> UInt16? in
                guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(part), port > 0 else { return nil }
                return port
            }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else { return .wrong(hint: nil) }
            guard first <= last else { return .wrong(hint: "write the lower port first: '\(last)-\(first)'") }
            return .value(PortRange(first...last))
        }
    }
}

extension Value where T == Duration? {
    /// nil: for as long as the sessions last.
    static var drain: Value {
        let time = Value<Duration>.time(.zero ... .seconds(24 * 3600))
        return Value(expected: "'unlimited' or \(time.expected)") { text in
            text == "unlimited" ? .value(nil) : time.parse(text).map { $0 }
        }
    }
}

func drainText(_ limit: Duration?) -> String { limit?.text ?? "unlimited" }

struct DrainClassDraft {
    var transport = Entry<TransportName>.absent
    var ports = Entry<[Located<PortRange>]>.absent
    var limit = Entry<Duration?>.absent

    static var keys: [Key<DrainClassDraft>] {
        [
            .value("protocol", \.transport, .choice, required: "what the sessions are made of, such as 'protocol: udp'"),
            .list("ports", \.ports, of: .ports),
            .value("drain", \.limit, .drain, required: "how long they may stay, such as 'drain: 0s'"),
        ]
    }

    func drainClass(_ problems: inout Problems) -> DrainClass? {
        guard let transport = transport.value() else { return nil }
        if let mark = ports.mark, !transport.hasPorts {
            problems.error("'\(transport.rawValue)' has no ports", at: mark, hint: "leave out 'ports'")
            return nil
        }
        guard let ports = ports.value(default: []), let limit = limit.value() else { return nil }
        return DrainClass(SessionClass(transport: transport.number, ports: ports.map(\.value.range)), limit: limit)
    }
}

extension Key<WANDraft> {
    static var drainClasses: Key {
        let name = "drain-classes"
        return Key(name: name) { node, mark, draft, problems in
            if case .scalar("none") = node.content {
                draft.drainClasses = .given([], node.mark)
                return
            }
            draft.drainClasses = readList(
                node, name, mark, whenEmpty: "write 'none', and all sessions are treated alike", identity: \.sessions, &problems
            ) { item, problems in
                var read = DrainClassDraft()
                let owner = Owner(subject: "a class of sessions", mark: item.mark, isItem: true)
                readMapping(item, owner, DrainClassDraft.keys, into: &read, &problems)
                return read.drainClass(&problems).map { .given($0, item.mark) } ?? .refused
            }
        }
    }
}

extension SessionClass {
    /// As in the file: `udp 5060,10000-20000`.
    package var text: String {
        let name = TransportName.allCases.first { $0.number == transport }?.rawValue ?? "protocol \(transport)"
        return ports.isEmpty ? name : name + " " + ports.map { PortRange($0).description }.joined(separator: ",")
    }
}

extension DrainClass: CustomStringConvertible {
    package var description: String { "\(sessions.text): \(drainText(limit))" }
}
