import Configuration

/// For a word that is no command: the parser itself would speak of an unexpected argument, and show help where 'help' was asked of it.
enum Suggestion {
    /// nil: the first word is a command, or none is given.
    static func problem(_ arguments: [String], commands: [String]) -> String? {
        var rest = arguments[...]
        if rest.first == "help" { rest = rest.dropFirst() }
        guard let word = rest.first, !word.hasPrefix("-"), !commands.contains(word), word != "help" else { return nil }
        let hint = nearest(to: word, in: commands).map { " Did you mean '\($0)'?" } ?? ""
        return "There is no command '\(word)'.\(hint) 'uplinkctl --help' lists them."
    }
}
