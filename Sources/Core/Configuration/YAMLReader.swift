/// Builds the tree of nodes, and refuses what a configuration has no need of.
///
/// Aliases are not followed: a few lines of them can stand for gigabytes ("billion laughs"), and a key that gets its value from
/// elsewhere is one that can't be reported at its place.
struct YAMLReader: ~Copyable {
    static let maximumDepth = 16
    static let maximumNodes = 10_000

    private let parser: YAMLParser
    private var nodes = 0

    private init(_ source: Source) throws(YAMLParser.Failure) { parser = try YAMLParser(source) }

    /// The root of the only document; nil if there is none, or if the file is no YAML.
    static func read(_ problems: inout Problems) -> Node? {
        do {
            var reader = try YAMLReader(problems.source)
            return try reader.root(&problems)
        } catch {
            problems.error(error.message, at: error.mark, hint: error.hint)
            return nil
        }
    }

    private mutating func root(_ problems: inout Problems) throws(YAMLParser.Failure) -> Node {
        var root: Node?
        while true {
            switch try parser.next() {
            case .streamEnd: return root ?? Node(content: .empty, mark: Mark(line: 0, column: 0))
            case .documentStart(let mark) where root != nil:
                throw YAMLParser.Failure(message: "a second document begins here", hint: "the file may hold one only", mark: mark)
            case .documentStart, .other: continue
            case let event: root = try node(event, depth: 1, &problems)
            }
        }
    }

    private mutating func node(_ event: YAMLParser.Event, depth: Int, _ problems: inout Problems) throws(YAMLParser.Failure) -> Node {
        nodes += 1
        switch event {
        case .alias(let mark):
            try checkLimits(depth, mark)
            problems.error("aliases ('*name') are not supported", at: mark, hint: "write the value out")
            return Node(content: .refused, mark: mark)
        case .scalar(let text, let isPlain, let properties, let mark):
            try checkLimits(depth, mark)
            check(properties, mark, &problems)
            return Node(content: text.isEmpty && isPlain ? .empty : .scalar(text), mark: mark)
        case .listStart(let properties, let mark):
            try checkLimits(depth, mark)
            check(properties, mark, &problems)
            return try list(mark, depth, &problems)
        case .mappingStart(let properties, let mark):
            try checkLimits(depth, mark)
            check(properties, mark, &problems)
            return try mapping(mark, depth, &problems)
        case .documentStart, .collectionEnd, .streamEnd, .other:
            // libyaml's grammar has a node here, always. Should it not: an error, never a crash.
            throw YAMLParser.Failure(message: "this isn't YAML: a value is missing at the end of the file")
        }
    }

    private mutating func list(_ start: Mark, _ depth: Int, _ problems: inout Problems) throws(YAMLParser.Failure) -> Node {
        var items: [Node] = []
        while true {
            let event = try parser.next()
            if case .collectionEnd(let line, let column) = event {
                return Node(content: .list(items), mark: span(start, line, column))
            }
            items.append(try node(event, depth: depth + 1, &problems))
        }
    }

    private mutating func mapping(_ start: Mark, _ depth: Int, _ problems: inout Problems) throws(YAMLParser.Failure) -> Node {
        var pairs: [Node.Pair] = []
        while true {
            let event = try parser.next()
            if case .collectionEnd(let line, let column) = event {
                return Node(content: .mapping(pairs), mark: span(start, line, column))
            }
            let key = try node(event, depth: depth + 1, &problems)
            pairs.append(Node.Pair(key: key, value: try node(try parser.next(), depth: depth + 1, &problems)))
        }
    }

    /// From `[` to `]`. A collection without brackets ends somewhere on a later line; of that only the first character is marked.
    private func span(_ start: Mark, _ line: Int, _ column: Int) -> Mark {
        Mark(line: start.line, column: start.column, length: line == start.line ? max(1, column - start.column) : 1)
    }

    private func checkLimits(_ depth: Int, _ mark: Mark) throws(YAMLParser.Failure) {
        guard depth <= Self.maximumDepth else {
            throw YAMLParser.Failure(message: "nested deeper than \(Self.maximumDepth) levels", mark: mark)
        }
        guard nodes <= Self.maximumNodes else {
            throw YAMLParser.Failure(message: "more than \(Self.maximumNodes) values: this is no configuration of uplinkd", mark: mark)
        }
    }

    private func check(_ properties: YAMLParser.Properties, _ mark: Mark, _ problems: inout Problems) {
        if properties.hasAnchor {
            problems.error("anchors ('&name') are not supported", at: Mark(line: mark.line, column: mark.column), hint: "remove it")
        }
        if properties.hasTag {
            problems.error("tags ('!name') are not supported", at: Mark(line: mark.line, column: mark.column), hint: "remove it")
        }
    }
}
