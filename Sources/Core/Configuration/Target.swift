package import Model

/// A target as read: an address or `gateway` for an echo, a mapping with `kind` for every question. `TargetForms.swift` has the kinds.
struct TargetDraft {
    var kind: Question.Kind
    var given = Entry<Question.Kind>.absent
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

    /// nil only if a key is wrong or missing, which has been reported by then.
    func target(_ problems: inout Problems) -> Target? {
        guard let question = kind.form.question(self, &problems) else { return nil }
        // `value(default: nil)` is nil for a key that is left out, and for one that is wrong.
        if case .refused = interval { return nil }
        if case .refused = timeout { return nil }
        return Target(question, interval: interval.value(), timeout: timeout.value())
    }
}

extension Schema {
    /// The keys of a target, for each kind its own.
    static func target(_ kind: Question.Kind) -> [Key<TargetDraft>] {
        [.value("kind", \.given, .choice)] + kind.form.keys + [
            .value("interval", \.interval, .time(kind.entry.shortestInterval ... .seconds(3600))),
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
    let kinds = Value<Question.Kind>.choice
    guard let pair = pairs.first(where: { if case .scalar("kind") = $0.key.content { true } else { false } }) else {
        problems.error(
            "'kind' is missing in a target", at: node.mark, hint: "what to ask: \(listed(Question.Kind.allCases.map(\.rawValue), "or"))")
        return .refused
    }
    guard let kind = kinds.read(pair.value, subject: "'kind'", at: pair.key.mark, &problems).value() else { return .refused }
    var draft = TargetDraft(kind: kind)
    readMapping(
        node, Owner(subject: "a target of kind '\(kind.rawValue)'", mark: node.mark, isItem: true), Schema.target(kind), into: &draft,
        &problems)
    guard let target = draft.target(&problems) else { return .refused }
    return .given(target, node.mark)
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

    /// The kind that fits what is said of a question whose kind isn't: by the keys that only it has.
    package static func kind(asking subject: String?, with keys: [String]) -> Question.Kind {
        // Most particular last, in the table.
        let kinds = Question.Kind.allCases.reversed()
        if subject?.contains("://") ?? false, let kind = kinds.first(where: { $0.form.subject == "url" }) { return kind }
        return kinds.first { kind in kind.form.keys.contains { keys.contains($0.name) } } ?? .icmp
    }
}

extension Question.Kind {
    /// The key that says whom to ask. nil: nobody needs to be named.
    package var subject: String? { form.subject }
}
