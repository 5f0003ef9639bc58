/// A sentence with places for its arguments.
///
/// - `{wan}`: the argument as it is; `{fault:fault}`: as a value of that kind.
/// - `[, {seconds} s]`: only where the first argument in it says something: it is there, and is neither empty, zero nor `false`. `[a|b]`: otherwise b.
/// - `[wan? …]`, `[state=lossy? …]`: the argument that decides, where it isn't the first one in it.
struct Template {
    indirect enum Part {
        case text(String)
        case argument(String, kind: String?)
        case choice(String, equals: String?, [Part], [Part])
    }

    /// A text, and whether it begins with an argument: a name's first letter stays as it is.
    struct Filled: Equatable {
        var text = ""
        var beginsWithArgument = false
    }

    let parts: [Part]

    init(_ text: String) {
        var rest = Substring(text)
        parts = Self.parts(&rest, isInside: false)
    }

    /// All that it may fill in, and what it decides by.
    var arguments: Set<String> { Set(Self.arguments(parts)) }

    /// - Parameter value: an argument by its name and kind; nil: it isn't known.
    /// - Returns: nil: an argument isn't known that nothing can be said without.
    func filled(_ decide: (String) -> String?, _ value: (String, String?) -> String?) -> Filled? {
        Self.filled(parts, decide, value)
    }

    private static func filled(_ parts: [Part], _ decide: (String) -> String?, _ value: (String, String?) -> String?) -> Filled? {
        var result = Filled()
        for part in parts {
            var new = Filled()
            switch part {
            case .text(let text): new.text = text
            case .argument(let name, let kind):
                guard let text = value(name, kind) else { return nil }
                new = Filled(text: text, beginsWithArgument: true)
            case .choice(let name, let wanted, let this, let other):
                let decision = decide(name) ?? ""
                let holds = wanted.map { $0 == decision } ?? !["", "false"].contains(decision) && Double(decision) != 0
                guard let part = filled(holds ? this : other, decide, value) else { return nil }
                new = part
            }
            if result.text.isEmpty { result.beginsWithArgument = new.beginsWithArgument }
            result.text += new.text
        }
        return result
    }

    private static func arguments(_ parts: [Part]) -> [String] {
        parts.flatMap { part -> [String] in
            switch part {
            case .text: []
            case .argument(let name, _): [name]
            case .choice(let name, _, let this, let other): [name] + arguments(this) + arguments(other)
            }
        }
    }

    /// Up to the end, or to what ends the part that we are in.
    private static func parts(_ rest: inout Substring, isInside: Bool) -> [Part] {
        var parts: [Part] = []
        var text = ""
        func end() {
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
        }
        while let character = rest.first, !(isInside && (character == "|" || character == "]")) {
            rest.removeFirst()
            switch character {
            case "{":
                end()
                let place = rest.prefix { $0 != "}" }
                rest = rest.dropFirst(place.count + 1)
                let words = place.split(separator: ":", maxSplits: 1).map(String.init)
                parts.append(.argument(words.first ?? "", kind: words.count > 1 ? words[1] : nil))
            case "[":
                end()
                parts.append(choice(&rest))
            default: text.append(character)
            }
        }
        end()
        return parts
    }

    private static func choice(_ rest: inout Substring) -> Part {
        let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-=".contains($0)) }
        var condition: [String]?
        if !word.isEmpty, rest.dropFirst(word.count).first == "?" {
            rest = rest.dropFirst(word.count + 1)
            if rest.first == " " { rest.removeFirst() }
            condition = word.split(separator: "=", maxSplits: 1).map(String.init)
        }
        let this = parts(&rest, isInside: true)
        var other: [Part] = []
        if rest.first == "|" {
            rest.removeFirst()
            other = parts(&rest, isInside: true)
        }
        rest = rest.dropFirst()
        let equals = condition.flatMap { $0.count > 1 ? $0[1] : nil }
        return .choice(condition?.first ?? arguments(this).first ?? "", equals: equals, this, other)
    }
}
