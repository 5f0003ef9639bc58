package import Model

extension Language {
    /// What the text of a configuration file says. English if there is none, or if it is wrong.
    package static func configured(by text: String?) -> Language { text.flatMap { Configuration.parse($0).settings?.language } ?? .english }
}
