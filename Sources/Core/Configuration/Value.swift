import Model

/// How the value of a key is read from its text.
struct Value<T> {
    /// Completes "'metric' has to be …".
    let expected: String
    let parse: (String) -> Reading<T>
}

enum Reading<T> {
    case value(T)
    case wrong(hint: String?)
}

extension Value {
    func read(_ node: Node, subject: String, at keyMark: Mark, _ problems: inout Problems) -> Entry<T> {
        guard case .scalar(let text) = node.content else {
            if case .refused = node.content { return .refused }
            problems.error("\(subject) has to be \(expected)\(node.butIs)", at: node.place(key: keyMark))
            return .refused
        }
        switch parse(text) {
        case .value(let value): return .given(value, node.mark)
        case .wrong(let hint):
            problems.error("\(subject) has to be \(expected), not \(quoted(text))", at: node.mark, hint: hint)
            return .refused
        }
    }
}

extension Node {
    /// Where to point when the value is wrong as a whole: at a value that isn't there nobody can look.
    func place(key: Mark) -> Mark {
        if case .empty = content { key } else { mark }
    }
}

extension Value where T: CaseIterable & RawRepresentable, T.RawValue == String {
    static var choice: Value {
        let words = T.allCases.map(\.rawValue)
        return Value(expected: listed(words, "or")) { text in
            T(rawValue: text).map { .value($0) } ?? .wrong(hint: suggestion(for: text, words))
        }
    }
}

extension Value where T == Bool {
    static var boolean: Value {
        Value(expected: "'true' or 'false'") { text in
            switch text {
            case "true": .value(true)
            case "false": .value(false)
            default:
                // What YAML 1.1 and other tools would take.
                switch text.lowercased() {
                case "true", "yes", "on", "y", "1": .wrong(hint: "write 'true'")
                case "false", "no", "off", "n", "0": .wrong(hint: "write 'false'")
                default: .wrong(hint: nil)
                }
            }
        }
    }
}

extension Value where T: FixedWidthInteger {
    /// Decimal digits only. With a leading zero it would be octal to YAML 1.1, decimal to YAML 1.2, and a surprise to somebody.
    static func number(_ range: ClosedRange<T>) -> Value {
        let expected = range.upperBound == .max ? ", \(range.lowerBound) or more" : " from \(range.lowerBound) to \(range.upperBound)"
        return Value(expected: "a whole number\(expected)") { text in
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return .wrong(hint: nil) }
            guard text.utf8.count == 1 || text.utf8.first != 0x30 else { return .wrong(hint: "write it without zeros in front") }
            guard let number = T(text), range.contains(number) else { return .wrong(hint: nil) }
            return .value(number)
        }
    }
}

extension Value where T == InterfaceName {
    static var interface: Value {
        Value(expected: "the name of a network interface") { text in
            guard text != "lo" else { return .wrong(hint: "'lo' is the loopback interface: nothing leaves the box by it") }
            // The kernel would take it, but nobody calls an interface so: `ip link` prints where a VLAN or a veth leads behind it.
            if let at = text.firstIndex(of: "@"), let name = InterfaceName(String(text[..<at])) {
                return .wrong(hint: "`ip link` prints what lies below an interface behind its name: write '\(name)'")
            }
            if IPAddress(text) != nil {
                return .wrong(hint: "this is an address; `uplinkctl interfaces` has the name of the interface that it is reached by")
            }
            if text.contains("*") { return .wrong(hint: "a name with '*' is written 'match: {name: \(quoted(text))}', for a WAN") }
            guard let name = InterfaceName(text) else {
                return .wrong(
                    hint:
                        "a name has at most 15 characters, none of them a space, '/' or ':', and no '+' at its end; `uplinkctl interfaces` lists them"
                )
            }
            return .value(name)
        }
    }
}

extension Value where T == String? {
    static var leases: Value {
        Value(expected: "the path of a DHCP server's lease file, or 'auto'") { text in
            if text == "auto" { return .value(nil) }
            guard text.hasPrefix("/"), !text.utf8.contains(0) else {
                return .wrong(hint: "a path begins with '/', such as '/var/lib/misc/dnsmasq.leases'")
            }
            return .value(text)
        }
    }
}

extension Value where T == SegmentClamp {
    static var segments: Value {
        let size = Value<Int>.number(SegmentClamp.sizes)
        return Value(expected: "'auto', 'off' or \(size.expected)") { text in
            switch text {
            case "auto": .value(.auto)
            case "off": .value(.off)
            default:
                switch size.parse(text) {
                case .value(let size): .value(.atMost(size))
                case .wrong(let hint): .wrong(hint: hint ?? suggestion(for: text, ["auto", "off"]))
                }
            }
        }
    }
}

/// A hint that names the word that was probably meant.
func suggestion(for text: String, _ words: [String]) -> String? { nearest(to: text, in: words).map { "did you mean '\($0)'?" } }
