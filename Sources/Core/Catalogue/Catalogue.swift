package import Model

/// What there is in one language beside English.
struct Catalogue: Sendable {
    /// By their codes: clauses, without a capital at the beginning and a full stop at the end. Whether they have both the English text says.
    var sentences: [String: String]
    /// By the English ones: what programs say without a code.
    var phrases: [String: String]
    /// By their kind, and by the English ones: single words that stand as arguments and in tables.
    var words: [String: [String: String]]

    static func of(_ language: Language) -> Catalogue? {
        switch language {
        case .english: nil
        case .indonesian: indonesian
        }
    }
}

extension Language {
    /// What somebody is told who reads this language. What isn't known here (it comes from a later version, say) stays as it came, in English.
    package func text(_ sentence: Sentence) -> String { text(sentence.code, sentence.arguments, sentence.text) }

    /// An event.
    /// - Parameter wan: whose it is; it doesn't stand in all details.
    package func text(_ code: String, _ details: [String: String], _ message: String, of wan: String?) -> String {
        text(code, wan.map { details.merging(["wan": $0]) { own, _ in own } } ?? details, message)
    }

    /// - Parameter english: says also whether it is a sentence, or a clause in the middle of one.
    private func text(_ code: String, _ arguments: [String: String], _ english: String) -> String {
        guard let entry = Catalogue.of(self)?.sentences[code], let filled = filled(Template(entry), arguments) else { return english }
        let isWhole = english.last.map { ".?!".contains($0) } ?? false
        let isCapital = isWhole || english.first?.isUppercase ?? false
        let text = isCapital && !filled.beginsWithArgument ? filled.text.prefix(1).uppercased() + filled.text.dropFirst() : filled.text
        return isWhole && text.last.map { !".?!".contains($0) } ?? false ? text + "." : text
    }

    /// What a program says by itself: `Traffic goes by {wan}.`
    ///
    /// - Parameter arguments: those that are nil are left out.
    package func phrase(_ english: String, _ arguments: [String: (any CustomStringConvertible)?] = [:]) -> String {
        let known = arguments.compactMapValues { $0?.description }
        if let entry = Catalogue.of(self)?.phrases[english], let filled = filled(Template(entry), known) { return filled.text }
        return Language.english.filled(Template(english), known)?.text ?? english
    }

    /// A word of a kind, such as a WAN's health: `down`.
    package func word(_ english: String, _ kind: String) -> String { Catalogue.of(self)?.words[kind]?[english] ?? english }

    private func filled(_ template: Template, _ arguments: [String: String]) -> Template.Filled? {
        template.filled({ arguments[$0] }, { name, kind in value(name, kind, arguments) })
    }

    private func value(_ name: String, _ kind: String?, _ arguments: [String: String]) -> String? {
        guard let text = arguments[name] else { return nil }
        guard self != .english else { return text }
        switch kind {
        case nil: return text
        case "said": return part(name, arguments["\(name)_code"] ?? "", text, arguments)
        // A code that stands without its text: what it says has to be known here.
        case "code":
            let own = arguments.merging(["\(name)_code": text]) { old, _ in old }
            let result = part(name, text, "", own)
            return result.isEmpty ? nil : result
        case "list": return enumeration(text.split(separator: ",").map(String.init), phrase("and"))
        case "time": return time(text)
        case "condition": return condition(text, arguments["fault"] ?? "")
        case "unready": return text.split(separator: ",").map { word(String($0), "unready") }.joined(separator: ", ")
        case "ms": return Int64(text).map { "\($0 / 1000).\($0 / 100 % 10)\($0 / 10 % 10) \(word("s", "unit"))" } ?? text
        case "age": return Double(text).map { age(seconds: $0) } ?? text
        case "unfit": return unfit(text, arguments["\(name.dropLast(4))healths"], arguments["\(name.dropLast(4))faults"])
        case let kind?: return word(text, kind)
        }
    }

    /// A sentence that stands in another one, with its arguments: those that have its name in front come before those of the other.
    private func part(_ name: String, _ code: String, _ text: String, _ arguments: [String: String]) -> String {
        var own = arguments
        for (key, value) in arguments where key.hasPrefix("\(name)_") { own[String(key.dropFirst(name.count + 1))] = value }
        // Whose it is, the whole sentence says.
        if arguments["\(name)_wan"] == nil { own["wan"] = nil }
        return self.text(code, own, text)
    }

    /// `telkom down (upstream diam), smartfren tanpa carrier`
    private func unfit(_ wans: String, _ healths: String?, _ faults: String?) -> String? {
        let names = wans.split(separator: ",", omittingEmptySubsequences: false)
        let healths = (healths ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let faults = (faults ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard names.count == healths.count, names.count == faults.count else { return nil }
        return zip(names, zip(healths, faults)).map { name, how in "\(name) \(condition(how.0, how.1))" }.joined(separator: ", ")
    }

    /// `down (upstream diam)`: a health, and what is wrong if it doesn't say so itself.
    package func condition(_ health: String, _ fault: String) -> String {
        let word = word(health, "health")
        // What it was down by is over.
        guard !fault.isEmpty, health != "recovering", fault != String(health.map { $0 == "-" ? " " : $0 }) else { return word }
        return fault == "no IPv6" ? self.word(fault, "fault") : "\(word) (\(self.word(fault, "fault")))"
    }

    /// A time as the configuration has it: `1500ms`, `90s`, `1m`.
    private func time(_ text: String) -> String {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        guard !number.isEmpty else { return text }
        return "\(number) \(word(String(unit), "unit"))"
    }

    /// How long, in the two largest units: `3 d 4 h`, `5 min 10 s`, `12 s`.
    package func age(seconds: Double) -> String {
        // A clock that lies gives a strange text, and no crash.
        guard seconds.isFinite, seconds < 1e12 else { return "?" }
        let total = Int(max(0, seconds))
        let parts = [(total / 86400, "d"), (total / 3600 % 24, "h"), (total / 60 % 60, "min"), (total % 60, "s")]
        let first = parts.firstIndex { $0.0 > 0 } ?? parts.count - 1
        let shown = parts[first..<min(first + 2, parts.count)].filter { $0.0 > 0 || total == 0 }
        return shown.map { "\($0.0) \(word($0.1, "unit"))" }.joined(separator: " ")
    }
}
