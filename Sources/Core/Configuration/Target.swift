package import Model

/// The targets: an address or `gateway` for an echo, a mapping with `kind` for every question.
enum TargetKind: String, CaseIterable {
    case icmp, arp, nd, tcp, dns, http, exec

    /// Services cost more than an echo, at both ends.
    var shortestInterval: Duration {
        switch self {
        case .icmp, .arp, .nd, .tcp: .milliseconds(100)
        case .dns: .seconds(1)
        case .exec: .seconds(5)
        case .http: .seconds(10)
        }
    }
}

struct TargetDraft {
    var kind: TargetKind
    var given = Entry<TargetKind>.absent
    var place = Entry<Question.Place>.absent
    var address = Entry<IPAddress>.absent
    var port = Entry<Int>.absent
    var name = Entry<String>.absent
    var type = Entry<DNSQuestion.RecordType>.absent
    var expected = Entry<[Located<String>]>.absent
    var url = Entry<WebAddress>.absent
    var status = Entry<Int>.absent
    var body = Entry<String>.absent
    var resolver = Entry<IPAddress>.absent
    var command = Entry<[Located<String>]>.absent
    var interval = Entry<Duration>.absent
    var timeout = Entry<Duration>.absent

    static let defaultResolver = IPAddress.v4(IPv4Address(bits: 0x0101_0101))

    /// nil only if a key is wrong or missing, which has been reported by then.
    func target(_ problems: inout Problems) -> Target? {
        guard let question = question(&problems) else { return nil }
        // `value(default: nil)` is nil for a key that is left out, and for one that is wrong.
        if case .refused = interval { return nil }
        if case .refused = timeout { return nil }
        return Target(question, interval: interval.value(), timeout: timeout.value())
    }

    private func question(_ problems: inout Problems) -> Question? {
        switch kind {
        case .icmp: return place.value().map { .echo($0) }
        case .arp: return .neighbour(.v4)
        case .nd: return .neighbour(.v6)
        case .tcp:
            guard let address = address.value(), let port = port.value() else { return nil }
            return .connect(address, port: UInt16(port))
        case .dns:
            let type = type.value(default: .a)
            let expected = type.flatMap { answers(of: $0, &problems) }
            guard let server = place.value(), let name = name.value(), let type, let expected else { return nil }
            return .dns(DNSQuestion(server: server, name: name, type: type, expected: expected))
        case .http:
            if case .given(_, let mark) = body, status.value() == 204 {
                problems.error("a page with status 204 has no body", at: mark, hint: "leave out 'body', or expect another 'status'")
                return nil
            }
            if case .refused = body { return nil }
            guard let url = url.value(), let status = status.value(default: 200),
                let resolver = resolver.value(default: Self.defaultResolver)
            else { return nil }
            return .http(
                HTTPQuestion(host: url.host, port: url.port, path: url.path, status: status, body: body.value(), resolver: resolver))
        case .exec:
            guard let command = command.value() else { return nil }
            return .exec(command.map(\.value))
        }
    }

    /// What is expected, in the form in which answers of this type are compared. Each is checked when the type is known.
    private func answers(of type: DNSQuestion.RecordType, _ problems: inout Problems) -> [String]? {
        let value: Value<String> =
            switch type {
            case .a: Value(expected: "an IPv4 address, since 'type' is A") { IPv4Address.host($0).map(\.description) }
            case .aaaa: Value(expected: "an IPv6 address, since 'type' is AAAA") { IPv6Address.host($0).map(\.description) }
            case .cname, .ns, .ptr: .hostName
            case .mx, .soa, .txt: .text(1...255)
            }
        switch expected {
        case .absent: return []
        case .refused, .partly: return nil
        case .given(let texts, _):
            let read = texts.map { text in
                value.read(Node(content: .scalar(text.value), mark: text.mark), subject: "each of 'expect'", at: text.mark, &problems)
            }
            let answers = read.compactMap { $0.value() }
            return answers.count == texts.count ? answers : nil
        }
    }
}

extension Schema {
    /// The keys of a target, for each kind its own.
    static func target(_ kind: TargetKind) -> [Key<TargetDraft>] {
        let own: [Key<TargetDraft>] =
            switch kind {
            case .icmp: [.value("address", \.place, .place, required: "whom to ping: an address, or 'gateway'")]
            case .arp, .nd: []
            case .tcp:
                [
                    .value("address", \.address, .host, required: "whom to connect to, such as 'address: 1.1.1.1'"),
                    .value("port", \.port, .number(1...65535), required: "the port to connect to, such as 'port: 443'"),
                ]
            case .dns:
                [
                    .value("server", \.place, .place, required: "whom to ask: an address, or 'gateway'"),
                    .value("name", \.name, .hostName, required: "what to ask for, such as 'name: example.com'"),
                    .value("type", \.type, .choice), .list("expect", \.expected, of: .text(1...255)),
                ]
            case .http:
                [
                    .value("url", \.url, .url, required: "the page to ask for, such as 'url: \"http://example.com/\"'"),
                    .value("status", \.status, .number(200...599)), .value("body", \.body, .text(1...1024)),
                    .value("resolver", \.resolver, .host),
                ]
            case .exec: [.command("command", \.command, required: "the program, and its arguments: 'command: [/usr/local/lib/ask, one]'")]
            }
        return [.value("kind", \.given, .choice)] + own + [
            .value("interval", \.interval, .time(kind.shortestInterval ... .seconds(3600))),
            .value("timeout", \.timeout, .time(.milliseconds(100) ... .seconds(60))),
        ]
    }
}

extension Key<ProbeDraft> {
    static var targets: Key {
        let name = "targets"
        return Key(name: name) { node, mark, draft, problems in
            draft.targets = readList(
                node, name, mark, whenEmpty: "leave '\(name)' out to have its default", identity: \.question, &problems, readTarget)
        }
    }
}

extension Key<TargetDraft> {
    /// A program and its arguments.
    static func command(_ name: String, _ path: WritableKeyPath<TargetDraft, Entry<[Located<String>]>>, required: String) -> Key {
        Key(name: name, required: required) { node, mark, draft, problems in
            let argument = Value<String>.text(0...4096)
            let words: Entry<[Located<String>]> = readList(
                node, name, mark, whenEmpty: required, identity: { _ in nil as Int? }, &problems
            ) { argument.read($0, subject: "each of '\(name)'", at: $0.mark, &$1) }
            draft[keyPath: path] = words
            guard let program = words.readable?.first else { return }
            guard program.value.hasPrefix("/"), !program.value.hasSuffix("/") else {
                problems.error(
                    "\(quoted(program.value)) is no absolute path of a program", at: program.mark,
                    hint: "write it as '/usr/local/lib/ask': the daemon has no PATH to look in")
                draft[keyPath: path] = .refused
                return
            }
            if let complaint = problems.programs(program.value) {
                problems.warning(
                    complaint, at: program.mark, hint: "until that is mended the target isn't asked, which says nothing about the WAN")
            }
        }
    }
}

private func readTarget(_ node: Node, _ problems: inout Problems) -> Entry<Target> {
    let subject = "each of 'targets'"
    let expected = "'gateway', the address of a host, or a mapping with 'kind'"
    guard case .mapping(let pairs) = node.content else {
        let echo = Value<Target>(expected: expected) { text in
            switch Value<Question.Place>.place.parse(text) {
            case .value(let place): .value(Target(.echo(place)))
            case .wrong(let hint): .wrong(hint: hint)
            }
        }
        return echo.read(node, subject: subject, at: node.mark, &problems)
    }
    // The kind decides which keys there may be, so it comes before them, wherever it stands.
    let kinds = Value<TargetKind>.choice
    guard let pair = pairs.first(where: { if case .scalar("kind") = $0.key.content { true } else { false } }) else {
        problems.error(
            "'kind' is missing in a target", at: node.mark, hint: "what to ask: \(listed(TargetKind.allCases.map(\.rawValue), "or"))")
        return .refused
    }
    guard let kind = kinds.read(pair.value, subject: "'kind'", at: pair.key.mark, &problems).value() else { return .refused }
    var draft = TargetDraft(kind: kind)
    readMapping(
        node, Owner(subject: "a target of kind '\(kind.rawValue)'", mark: node.mark), Schema.target(kind), into: &draft, &problems)
    guard let target = draft.target(&problems) else { return .refused }
    return .given(target, node.mark)
}

extension Question {
    /// What its kind is called in the file.
    package var configuredKind: String {
        switch self {
        case .neighbour(.v6): TargetKind.nd.rawValue
        case .echo, .neighbour, .connect, .dns, .http, .exec: kind.rawValue
        }
    }
}

extension Configuration {
    /// The value of a key of a target.
    package enum Given {
        case text(String)
        case list([String])
    }

    /// Why there is no such target; a clause, with a hint.
    package struct TargetRefusal: Error, Equatable, CustomStringConvertible {
        package var description: String

        package init(description: String) { self.description = description }
    }

    /// A target from its keys and values, under the rules of the file.
    package static func target(_ keys: [(name: String, value: Given)]) throws(TargetRefusal) -> Target {
        let mark = Mark(line: 0, column: 0)
        let pairs = keys.map { key, value in
            let content: Node.Content =
                switch value {
                case .text(let text): .scalar(text)
                case .list(let texts): .list(texts.map { Node(content: .scalar($0), mark: mark) })
                }
            return Node.Pair(key: Node(content: .scalar(key), mark: mark), value: Node(content: content, mark: mark))
        }
        var problems = Problems(source: Source(""))
        let target = readTarget(Node(content: .mapping(pairs), mark: mark), &problems)
        if case .given(let target, _) = target, !problems.hasErrors { return target }
        guard let problem = problems.sorted.first(where: \.isError) else { throw TargetRefusal(description: "no such target") }
        throw TargetRefusal(description: problem.message + (problem.hint.map { ": \($0)" } ?? ""))
    }
}
