/// As much of Varlink's language as ours needs: named types, and fields that are not structs in place.
/// That the text is right by somebody else's parser is for `VarlinkClientTests`.
struct InterfaceParser {
    /// The fields of each type, by name: `?string`.
    var types: [String: [String: String]] = [:]
    var methods: [String: (input: [String: String], output: [String: String])] = [:]
    var errors: [String: [String: String]] = [:]

    init(_ text: String) {
        let plain = text.split(separator: "\n").map { $0.prefix { $0 != "#" } }.joined(separator: " ")
        // Every declaration is: keyword Name (fields), and -> (fields) for a method.
        var rest = plain[...]
        while let keyword = Self.word(&rest) {
            guard let name = Self.word(&rest), keyword != "interface" else { continue }
            let fields = Self.fields(&rest)
            switch keyword {
            case "type": types[name] = fields
            case "error": errors[name] = fields
            case "method":
                _ = Self.word(&rest)
                methods[name] = (fields, Self.fields(&rest))
            default: break
            }
        }
    }

    private static func word(_ rest: inout Substring) -> String? {
        rest = rest.drop { $0 == " " }
        let word = rest.prefix { $0 != " " && $0 != "(" }
        rest = rest.dropFirst(word.count)
        return word.isEmpty ? nil : String(word)
    }

    private static func fields(_ rest: inout Substring) -> [String: String] {
        rest = rest.drop { $0 != "(" }.dropFirst()
        let inside = rest.prefix { $0 != ")" }
        rest = rest.dropFirst(inside.count + 1)
        var fields: [String: String] = [:]
        for field in inside.split(separator: ",") {
            let parts = field.split(separator: ":").map { $0.filter { $0 != " " } }
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        return fields
    }

    /// What doesn't fit `type` in `value`, as sentences; nothing when all fits. A field that isn't described is a misfit too.
    func misfits(_ value: JSONValue?, _ type: String, at place: String) -> [String] {
        if type.hasPrefix("?") {
            return value == nil || value == .null ? [] : misfits(value, String(type.dropFirst()), at: place)
        }
        switch (value, type) {
        case (.string, "string"), (.bool, "bool"), (.number, "float"): return []
        case (.number(let number), "int"): return number == number.rounded() ? [] : ["\(place) is no whole number"]
        case (.array(let elements), _) where type.hasPrefix("[]"):
            return elements.flatMap { misfits($0, String(type.dropFirst(2)), at: "\(place)[]") }
        case (.object(let entries), _) where type.hasPrefix("[string]"):
            return entries.flatMap { misfits($0.value, String(type.dropFirst(8)), at: "\(place)[\($0.key)]") }
        case (.object(let entries), _):
            guard let fields = types[type] else { return ["\(place): there is no type \(type)"] }
            return misfits(entries, fields, at: place)
        default: return ["\(place) should be \(type)"]
        }
    }

    func misfits(_ entries: [String: JSONValue], _ fields: [String: String], at place: String) -> [String] {
        entries.keys.filter { fields[$0] == nil }.map { "\(place).\($0) is not described" }
            + fields.flatMap { misfits(entries[$0.key], $0.value, at: "\(place).\($0.key)") }
    }
}
