import Model

/// How a kind of target is written: its keys, and the question that they make.
struct TargetForm {
    /// The key that says whom to ask. nil: nobody needs to be named.
    var subject: String?
    var keys: [Key<TargetDraft>] = []
    /// nil only if a key is wrong or missing, which has been reported by then.
    var question: (TargetDraft, inout Problems) -> Question?
}

extension Question.Kind {
    var form: TargetForm {
        switch self {
        case .icmp:
            TargetForm(subject: "address", keys: [.value("address", \.place, .place, required: "whom to ping: an address, or 'gateway'")]) {
                draft, _ in draft.place.value().map { .echo($0) }
            }
        case .arp: TargetForm { _, _ in .neighbour(.v4) }
        case .nd: TargetForm { _, _ in .neighbour(.v6) }
        case .tcp:
            TargetForm(
                subject: "address",
                keys: [
                    .value("address", \.address, .host, required: "whom to connect to, such as 'address: 1.1.1.1'"),
                    .value("port", \.port, .number(1...65535), required: "the port to connect to, such as 'port: 443'"),
                ]
            ) { draft, _ in
                guard let address = draft.address.value(), let port = draft.port.value() else { return nil }
                return .connect(address, port: UInt16(port))
            }
        case .dns:
            TargetForm(
                subject: "server",
                keys: [
                    .value("server", \.place, .place, required: "whom to ask: an address, or 'gateway'"),
                    .value("name", \.name, .hostName, required: "what to ask for, such as 'name: example.com'"),
                    .value("type", \.type, .choice), .list("expect", \.expected, of: .text(1...255)),
                ]
            ) { $0.dns(&$1) }
        case .http:
            TargetForm(
                subject: "url",
                keys: [
                    .value("url", \.url, .url, required: "the page to ask for, such as 'url: \"http://example.com/\"'"),
                    .value("status", \.status, .number(200...599)), .value("body", \.body, .text(1...1024)),
                    .value("resolver", \.resolver, .host),
                ]
            ) { $0.http(&$1) }
        case .exec:
            TargetForm(
                subject: "command",
                keys: [.command("command", \.command, required: "the program, and its arguments: 'command: [/usr/local/lib/ask, one]'")]
            ) { draft, _ in draft.command.value().map { .exec($0.map(\.value)) } }
        }
    }
}

extension TargetDraft {
    fileprivate func dns(_ problems: inout Problems) -> Question? {
        let type = type.value(default: .a)
        let expected = type.flatMap { answers(of: $0, &problems) }
        guard let server = place.value(), let name = name.value(), let type, let expected else { return nil }
        return .dns(DNSQuestion(server: server, name: name, type: type, expected: expected))
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

    fileprivate func http(_ problems: inout Problems) -> Question? {
        if case .given(_, let mark) = body, status.value() == 204 {
            problems.error("a page with status 204 has no body", at: mark, hint: "leave out 'body', or expect another 'status'")
            return nil
        }
        if case .refused = body { return nil }
        guard let url = url.value(), let status = status.value(default: 200),
            let resolver = resolver.value(default: ReadinessSettings.resolver)
        else { return nil }
        return .http(
            HTTPQuestion(host: url.host, port: url.port, path: url.path, status: status, body: body.value(), resolver: resolver))
    }
}

extension Key<TargetDraft> {
    /// A program and its arguments.
    fileprivate static func command(
        _ name: String, _ path: WritableKeyPath<TargetDraft, Entry<[Located<String>]>>, required: String
    ) -> Key {
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
