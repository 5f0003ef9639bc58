import CYAML

/// libyaml's parser, as a source of events. Nothing else calls libyaml.
struct YAMLParser: ~Copyable {
    enum Event {
        case documentStart(Mark)
        case scalar(String, isPlain: Bool, Properties, Mark)
        case listStart(Properties, Mark)
        case mappingStart(Properties, Mark)
        case alias(Mark)
        /// A list or a mapping; where its last character is.
        case collectionEnd(line: Int, column: Int)
        case streamEnd
        /// The start of the stream, the end of a document: nothing that we need.
        case other
    }

    struct Properties {
        var hasAnchor: Bool
        var hasTag: Bool
    }

    /// Reading can't go on.
    struct Failure: Error {
        var message: String
        var hint: String?
        var mark: Mark?
    }

    /// On the heap because it must not move: `yaml_parser_set_input_string` stores a pointer to the parser inside of it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let source: Source

    init(_ source: Source) throws(Failure) {
        // Set only when nothing can fail any more: from then on deinit frees them.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw Failure(message: "not enough memory to read the configuration")
        }
        // libyaml reads the text piece by piece while events are taken, so it needs a copy that lives as long as the parser.
        let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, source.bytes.count))
        _ = input.initialize(from: source.bytes)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, source.bytes.count)
        self.source = source
        self.parser = parser
        self.input = input
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(Failure) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { yaml_event_delete(&event) }
        let mark = mark(from: event.start_mark, to: event.end_mark)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart(mark)
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_ALIAS_EVENT: return .alias(mark)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let properties = Properties(hasAnchor: scalar.anchor != nil, hasTag: scalar.tag != nil)
            return .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, properties, mark)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return .listStart(Properties(hasAnchor: start.anchor != nil, hasTag: start.tag != nil), mark)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return .mappingStart(Properties(hasAnchor: start.anchor != nil, hasTag: start.tag != nil), mark)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            return .collectionEnd(line: Int(event.end_mark.line), column: Int(event.end_mark.column))
        default: return .other
        }
    }

    private func mark(from start: yaml_mark_t, to end: yaml_mark_t) -> Mark {
        // What goes on in the next line is underlined to the end of its first: the excerpt is one line.
        let length = start.line == end.line ? Int(end.column) - Int(start.column) : Source.maximumLineBytes
        return Mark(line: Int(start.line), column: Int(start.column), length: max(1, length))
    }

    private func mark(_ place: yaml_mark_t) -> Mark { mark(from: place, to: place) }

    /// libyaml speaks of tokens and contexts. Of the mistakes that people make, this says what to look for instead.
    private var failure: Failure {
        let failure = parser.pointee
        guard let problem = failure.problem.map({ String(cString: $0) }) else {
            return Failure(message: "not enough memory to read the configuration")
        }
        let end = source.end
        var here = mark(failure.problem_mark)
        // At the end of the text libyaml acts as if one line more began (`yaml_parser_fetch_stream_end` in scanner.c).
        let isAtEnd = here.line > end.line
        if isAtEnd { here = end }
        let began = mark(failure.context_mark)
        var described = describe(problem, here: here, isAtEnd: isAtEnd, began: began)
        // Comes with text copied from a web page, and looks like what it isn't. Of `hold:<U+00A0>1s` libyaml complains a line later.
        if let mark = described.mark, let line = [mark.line, mark.line - 1].first(where: { source.contains("\u{A0}", onLine: $0) }) {
            described.hint = "line \(line + 1) has a no-break space (U+00A0) in it: put an ordinary space in its place"
        }
        return described
    }

    private func describe(_ problem: String, here: Mark, isAtEnd: Bool, began: Mark) -> Failure {
        switch problem {
        case "found character that cannot start any token" where source.scalar(at: here) == "\t":
            Failure(message: "a tab in the indentation", hint: "YAML is indented with spaces only", mark: here)
        case "found character that cannot start any token":
            Failure(message: "a value can't begin with this character", hint: "put the value in quotes", mark: here)
        case "mapping values are not allowed in this context" where source.contains(":", before: here):
            Failure(message: "a second ':' in one line", hint: "put a value with ': ' in it in quotes", mark: here)
        case "mapping values are not allowed in this context":
            Failure(
                message: "a ':' where none can be",
                hint: "either this line is indented too far, or the one before it has no ': ' after its key", mark: here)
        case "could not find expected ':'":
            // Noticed only on the next line; what is wrong is where the key began.
            Failure(message: "a key without ': ' after it", hint: "write 'key: value', with a space after the colon", mark: began)
        case "did not find expected key", "did not find expected '-' indicator", "did not find expected <document start>",
            "block sequence entries are not allowed in this context":
            Failure(message: "this doesn't fit in here", hint: "check its indentation: keys of one mapping begin in one column", mark: here)
        case "did not find expected ',' or ']'":
            Failure(message: "this list is not closed", hint: "put a ',' between its values and a ']' at its end", mark: began)
        case "did not find expected ',' or '}'":
            Failure(message: "this mapping is not closed", hint: "put a ',' between its keys and a '}' at its end", mark: began)
        case "did not find expected node content" where isAtEnd:
            Failure(message: "the file ends in the middle of a list or a mapping", hint: "close what a '[' or '{' opened", mark: here)
        case "did not find expected node content":
            Failure(message: "a value is missing here", mark: here)
        case "found unexpected end of stream", "found unexpected document indicator":
            Failure(message: "this quotation mark is not closed", hint: "put the same one at the end of the value", mark: began)
        default:
            Failure(message: "this isn't YAML: \(problem)", mark: here)
        }
    }
}
