import Catalogue
import Configuration
import Floor
import Glibc
import Model

/// In which language this program speaks to people. JSON, Markdown's and CSV's files and what programs read stay English.
enum Speech {
    @TaskLocal static var language = Language.english

    /// The caller's locale; else what the box's configuration says; else English.
    static func wanted(_ environment: (String) -> String?, configuration: () -> String?) -> Language {
        Language(environment: environment) ?? .configured(by: configuration())
    }

    static func ofCaller() -> Language {
        wanted { name in
            getenv(name).map { String(cString: $0) }
        } configuration: {
            // Missing, or not for us to read: nobody's wish.
            (try? Files.read("/etc/uplinkd/uplinkd.yaml")).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}

/// What this program says by itself: a template of English, which the catalogue has for other languages as well.
func say(_ english: String, _ arguments: [String: (any CustomStringConvertible)?] = [:]) -> String {
    Speech.language.phrase(english, arguments)
}

/// What uplinkd says.
func tell(_ sentence: Sentence) -> String { Speech.language.text(sentence) }

/// A word of the protocol, such as a WAN's health.
func word(_ english: String, _ kind: String) -> String { Speech.language.word(english, kind) }
