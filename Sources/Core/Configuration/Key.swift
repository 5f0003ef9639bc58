import Model

/// One key of a mapping.
struct Key<Draft> {
    let name: String
    /// The hint when it is missing; nil if it may be left out.
    var required: String?
    /// The key that may stand in its place.
    var alternative: String?
    /// The keys below it, each with the path from here.
    var below: [String] = []
    /// Takes the value and where the key is.
    let read: (Node, Mark, inout Draft, inout Problems) -> Void

    var paths: [String] { [name] + below.map { "\(name).\($0)" } }
}

extension Key {
    static func value<T>(
        _ name: String, _ path: WritableKeyPath<Draft, Entry<T>>, _ value: Value<T>, required: String? = nil, or alternative: String? = nil
    ) -> Key {
        Key(name: name, required: required, alternative: alternative) { node, mark, draft, problems in
            draft[keyPath: path] = value.read(node, subject: "'\(name)'", at: mark, &problems)
        }
    }

    /// A list of at least one item, none of them twice.
    static func list<T: Hashable & CustomStringConvertible>(
        _ name: String, _ path: WritableKeyPath<Draft, Entry<[Located<T>]>>, of value: Value<T>, required: String? = nil
    ) -> Key {
        Key(name: name, required: required) { node, mark, draft, problems in
            draft[keyPath: path] = readList(
                node, name, mark, whenEmpty: required ?? "leave '\(name)' out to have its default", identity: { $0 }, &problems
            ) { value.read($0, subject: "each of '\(name)'", at: $0.mark, &$1) }
        }
    }

    /// - Parameter isRepeated: the same keys stand elsewhere as well, and are documented there.
    static func mapping<Child>(
        _ name: String, _ path: WritableKeyPath<Draft, Child>, _ keys: [Key<Child>], required: String? = nil, isRepeated: Bool = false
    ) -> Key {
        Key(name: name, required: required, below: isRepeated ? [] : keys.flatMap(\.paths)) { node, mark, draft, problems in
            readMapping(node, Owner(subject: "'\(name)'", mark: mark), keys, into: &draft[keyPath: path], &problems)
        }
    }
}

extension Key<FileDraft> {
    /// The mapping whose keys are the administrator's names.
    static func wans(required: String) -> Key {
        let name = "wans"
        let keys = Schema.wan
        return Key(name: name, required: required, below: ["<name>"] + keys.flatMap(\.paths).map { "<name>.\($0)" }) {
            node, mark, draft, problems in
            guard let pairs = pairs(of: node, "'\(name)' has to be a mapping with a key for each WAN", at: mark, &problems) else { return }
            guard !pairs.isEmpty else {
                problems.error("'\(name)' names no WAN", at: mark, hint: required)
                return
            }
            for (index, pair) in pairs.enumerated() {
                if WANName(pair.key.value) == nil {
                    problems.error(
                        "\(quoted(pair.key.value)) can't be the name of a WAN", at: pair.key.mark,
                        hint: "a name is made of letters, digits, '-' and '_', at most 32, and doesn't begin with '-'")
                }
                if pair.key.value == "auto" {
                    problems.error(
                        "a WAN can't be named 'auto'", at: pair.key.mark, hint: "`uplinkctl switch auto` gives the choice back to uplinkd")
                }
                // Under a wrong name the keys are read all the same: all problems in one run.
                var read = WANDraft(name: pair.key, number: index + 1)
                readMapping(pair.value, Owner(subject: quoted(pair.key.value), mark: pair.key.mark), keys, into: &read, &problems)
                draft.wans.append(read)
            }
        }
    }
}

/// - Parameter identity: what no two items may have in common; nil: this item may be there again.
func readList<T: CustomStringConvertible, ID: Hashable>(
    _ node: Node, _ name: String, _ keyMark: Mark, whenEmpty: String, identity: (T) -> ID?, _ problems: inout Problems,
    _ readItem: (Node, inout Problems) -> Entry<T>
) -> Entry<[Located<T>]> {
    switch node.content {
    case .refused: return .refused
    case .list(let items) where !items.isEmpty:
        var read: [Located<T>] = []
        var seen: [ID: Mark] = [:]
        for item in items {
            guard case .given(let value, let mark) = readItem(item, &problems) else { continue }
            if let id = identity(value) {
                if let first = seen[id] {
                    problems.error(
                        "\(quoted(value.description)) is in '\(name)' twice", at: mark, hint: "the first one is on line \(first.line + 1)")
                    continue
                }
                seen[id] = mark
            }
            read.append(Located(value: value, mark: mark))
        }
        return read.count == items.count ? .given(read, node.mark) : .partly(read)
    default:
        var hint: String?
        var but = node.butIs
        switch node.content {
        case .list: (but, hint) = (", but is empty", whenEmpty)
        case .empty: hint = whenEmpty
        case .scalar(let text) where !text.isEmpty && text.utf8.count <= 60: hint = "write '[\(text)]'"
        default: break
        }
        problems.error("'\(name)' has to be a list of at least one value\(but)", at: node.place(key: keyMark), hint: hint)
        return .refused
    }
}

/// Whose keys a mapping has, in the words of a message, and where that is.
struct Owner {
    var subject: String
    var mark: Mark
    /// Of a list: its keys have nothing to do with those of the same name elsewhere.
    var isItem = false
}

/// - Parameter owner: nil for the file as a whole.
func readMapping<Draft>(_ node: Node, _ owner: Owner?, _ keys: [Key<Draft>], into draft: inout Draft, _ problems: inout Problems) {
    let names = keys.map(\.name)
    let subject = owner?.subject ?? "the file"
    let expected = "\(subject) has to be a mapping with the \(names.count == 1 ? "key" : "keys") \(listed(names, "and"))"
    guard let pairs = pairs(of: node, expected, at: owner?.mark, &problems) else { return }

    // A key that stands there already is hardly the one that another was meant to be.
    let given = Set(pairs.map(\.key.value))
    let unused = names.filter { !given.contains($0) }
    var missing = keys.filter { $0.required != nil }
    func isThere(_ name: String?) { missing.removeAll { $0.name == name || $0.alternative != nil && $0.alternative == name } }
    for pair in pairs {
        if let key = keys.first(where: { $0.name == pair.key.value }) {
            key.read(pair.value, pair.key.mark, &draft, &problems)
            isThere(key.name)
            continue
        }
        // A merge key (`<<: *defaults`): the alias has been reported.
        if case .refused = pair.value.content { continue }
        let meant = nearest(to: pair.key.value, in: unused) ?? nearest(to: pair.key.value, in: names)
        problems.error(
            "unknown key \(quoted(pair.key.value))", at: pair.key.mark,
            hint: hint(pair.key.value, meant, names, isItem: owner?.isItem ?? false))
        // A slip in a required key is one problem, not an unknown key and a missing one.
        isThere(meant)
    }
    for key in missing {
        let inOwner = owner.map { " in \($0.subject)" } ?? ""
        problems.error("'\(key.name)' is missing\(inOwner)", at: owner?.mark, hint: key.required)
    }
}

private func hint(_ key: String, _ meant: String?, _ names: [String], isItem: Bool) -> String {
    if let meant { return "did you mean '\(meant)'?" }
    // Most often a wrong indentation: the key is right, its place isn't.
    let paths = isItem ? [] : Schema.paths
    if let path = paths.first(where: { $0 == key }) ?? paths.first(where: { $0.hasSuffix(".\(key)") }) {
        return path == key ? "'\(key)' belongs at the top level, without indentation" : "its place is '\(path)'"
    }
    return names.count == 1 ? "the only key here is \(listed(names, "and"))" : "the keys here are \(listed(names, "and"))"
}

/// The keys of a mapping as text, each once. A mapping of which nothing is written yet (`probe:`, all keys commented out) is an empty one.
private func pairs(
    of node: Node, _ expected: String, at keyMark: Mark?, _ problems: inout Problems
) -> [(key: Located<String>, value: Node)]? {
    let pairs: [Node.Pair]
    switch node.content {
    case .refused: return nil
    case .empty: pairs = []
    case .mapping(let found): pairs = found
    case .scalar, .list:
        problems.error("\(expected)\(node.butIs)", at: node.mark)
        return nil
    }
    var read: [(key: Located<String>, value: Node)] = []
    var first: [String: Mark] = [:]
    for pair in pairs {
        guard case .scalar(let key) = pair.key.content else {
            if case .refused = pair.key.content { continue }
            problems.error("a key has to be a word\(pair.key.butIs)", at: pair.key.mark)
            continue
        }
        if let before = first[key] {
            problems.error("\(quoted(key)) is given twice", at: pair.key.mark, hint: "the first one is on line \(before.line + 1)")
            continue
        }
        first[key] = pair.key.mark
        read.append((Located(value: key, mark: pair.key.mark), pair.value))
    }
    return read
}
