import ArgumentParser

/// For a word that is no command: the parser itself would speak of an unexpected argument, and show help where 'help' was asked of it.
enum Suggestion {
    /// nil: the first word is a command, or none is given.
    static func problem(_ arguments: [String], commands: [String]) -> String? {
        var rest = arguments[...]
        if rest.first == "help" { rest = rest.dropFirst() }
        guard let word = rest.first, !word.hasPrefix("-"), !commands.contains(word), word != "help" else { return nil }
        let nearest = commands.map { (name: $0, steps: steps(from: word, to: $0)) }.min { $0.steps < $1.steps }
        let hint = nearest.flatMap { $0.steps <= max(1, word.count / 3) ? " Did you mean '\($0.name)'?" : nil } ?? ""
        return "There is no command '\(word)'.\(hint) 'uplinkctl --help' lists them."
    }

    /// Letters that have to be put in, taken out, changed or swapped with their neighbour (optimal string alignment).
    private static func steps(from: String, to: String) -> Int {
        let (a, b) = (Array(from), Array(to))
        var table = [Array(0...b.count)]
        for i in 1..<(a.count + 1) {
            var row = [i]
            for j in 1..<(b.count + 1) {
                var least = min(table[i - 1][j] + 1, row[j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { least = min(least, table[i - 2][j - 2] + 1) }
                row.append(least)
            }
            table.append(row)
        }
        return table[a.count][b.count]
    }
}
