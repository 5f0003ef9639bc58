/// A place in the source as libyaml counts: line and column from 0, column and length in Unicode scalars.
struct Mark: Equatable {
    var line: Int
    var column: Int
    var length = 1
}

/// The text of a configuration file, cut into lines in the same way as libyaml does it.
struct Source {
    /// The daemon has 16 MB for everything. The largest sensible file (15 WANs, a comment at every key) is below 16 KiB.
    static let maximumBytes = 256 * 1024
    /// Keeps the work for one problem small however many there are.
    static let maximumLineBytes = 4096

    let bytes: [UInt8]
    private let lineStarts: [Int]

    init(_ text: String) {
        var text = text[...]
        // Some Windows editors put a byte order mark first; to a person it is no character, so it is no column either.
        if text.unicodeScalars.first == "\u{FEFF}" { text = Substring(text.unicodeScalars.dropFirst()) }
        let bytes = Array(text.utf8)
        self.bytes = bytes
        lineStarts =
            [0]
            + bytes.indices.filter { index in
                bytes[index] == UInt8(ascii: "\n")
                    || bytes[index] == UInt8(ascii: "\r") && (index + 1 == bytes.count || bytes[index + 1] != UInt8(ascii: "\n"))
            }.map { $0 + 1 }
    }

    var lineCount: Int { lineStarts.count }

    /// Behind the last character of the last line that isn't blank.
    var end: Mark {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let last = lineStarts.indices.last { !rawLine($0).utf8.allSatisfy(isBlank) } ?? 0
        return Mark(line: last, column: rawLine(last).unicodeScalars.count)
    }

    /// The line without its end, fit for a terminal: whatever could move the cursor is shown as U+FFFD.
    func line(_ number: Int) -> String {
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: rawLine(number).unicodeScalars.map { $0 == "\t" || !$0.movesCursor ? $0 : "\u{FFFD}" })
        return String(shown)
    }

    private func rawLine(_ number: Int) -> String {
        guard lineStarts.indices.contains(number) else { return "" }
        var line = bytes[lineStarts[number]..<(number + 1 < lineStarts.count ? lineStarts[number + 1] : bytes.count)]
        while let last = line.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }

    func scalar(at mark: Mark) -> Unicode.Scalar? { rawLine(mark.line).unicodeScalars.dropFirst(mark.column).first }

    func contains(_ scalar: Unicode.Scalar, before mark: Mark) -> Bool {
        rawLine(mark.line).unicodeScalars.prefix(mark.column).contains(scalar)
    }

    func contains(_ scalar: Unicode.Scalar, onLine line: Int) -> Bool { rawLine(line).unicodeScalars.contains(scalar) }

    /// What has to be wrong with the text before there is any use in reading it as YAML.
    func check(_ problems: inout Problems) {
        guard !bytes.contains(0) else {
            // One problem, not one for every line: such a file is UTF-16 or not text at all.
            let place = (0..<lineCount).lazy.compactMap { number in
                self.rawLine(number).unicodeScalars.enumerated().first { $0.element == "\0" }.map { Mark(line: number, column: $0.offset) }
            }.first
            problems.error("a NUL byte: this isn't a text file", at: place, hint: "save it as UTF-8 text")
            return
        }
        for number in 0..<lineCount {
            let line = rawLine(number)
            guard line.utf8.count <= Self.maximumLineBytes else {
                problems.error(
                    "the line is longer than \(Self.maximumLineBytes) bytes", at: Mark(line: number, column: 0), hint: "break it")
                continue
            }
            guard let bad = line.unicodeScalars.enumerated().first(where: { Self.complaint(about: $0.element) != nil }),
                let complaint = Self.complaint(about: bad.element)
            else { continue }
            problems.error(complaint.message, at: Mark(line: number, column: bad.offset), hint: complaint.hint)
        }
    }

    private static func complaint(about scalar: Unicode.Scalar) -> (message: String, hint: String)? {
        switch scalar.value {
        case 0xFFFD:
            // What `String(decoding:as:)` puts in the place of bytes that aren't UTF-8.
            ("bytes that aren't UTF-8", "save the file as UTF-8")
        case 0x85, 0x2028, 0x2029:
            // A line end to YAML 1.1 but not to editors: all line numbers after it would be wrong.
            ("the character \(scalar.codePoint), which YAML takes for the end of a line", "delete it")
        case 0...8, 0xB, 0xC, 0xE...0x1F, 0x7F...0x9F, 0xFEFF, 0xFFFE, 0xFFFF:
            ("the character \(scalar.codePoint), which can't be in YAML", "delete it")
        default: nil
        }
    }
}

extension Unicode.Scalar {
    /// Control characters, and those that turn the direction of writing.
    var movesCursor: Bool {
        switch value {
        case 0...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// And those that look like nothing or like a space: with one of them in it, "unknown key 'metric'" would drive one mad.
    var isDeceptive: Bool {
        switch value {
        case 0xA0, 0xAD, 0x200B...0x200D, 0x2060...0x2065, 0xFEFF: true
        default: movesCursor
        }
    }

    var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
