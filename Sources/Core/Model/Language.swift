/// In what people are told things. English is the source; the others are in `Catalogue`.
package enum Language: String, CaseIterable, Sendable, Codable {
    case english = "en"
    case indonesian = "id"

    /// What a process was started with: `LC_ALL` comes before `LC_MESSAGES`, and that before `LANG`. nil: they don't say, or name a language that there isn't.
    package init?(environment: (String) -> String?) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty }
        // `id_ID.UTF-8`, `id`, `id@latin`. `C` and `POSIX` are nobody's wish.
        guard let locale else { return nil }
        self.init(rawValue: String(locale.prefix { $0 != "_" && $0 != "." && $0 != "@" }))
    }
}
