/// The word that was probably meant: at most two slips away, and not more than a third of it.
package func nearest(to text: String, in words: [String]) -> String? {
    // Long text is no slip of the finger, and the work grows with its length.
    guard text.utf8.count <= 32 else { return nil }
    let wanted = normalised(text)
    return words.map { (word: $0, distance: slips(wanted, normalised($0))) }
        .filter { $0.distance <= min(2, max(1, $0.word.count / 3)) }
        // The first letter is rarely the wrong one: 'wan' is 'wans', not 'lan'.
        .min { ($0.distance, $0.word.first == wanted.first ? 0 : 1) < ($1.distance, $1.word.first == wanted.first ? 0 : 1) }?.word
}

/// Capitals, and `_` for `-`, are habits of other programs and no slips.
private func normalised(_ text: String) -> [Character] { text.lowercased().map { $0 == "_" ? "-" : $0 } }

/// How many letters were left out, added, changed, or swapped with their neighbour (optimal string alignment distance).
private func slips(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
        var row = [i + 1]
        for j in 0..<b.count {
            var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
            row.append(best)
        }
        rows.append(row)
    }
    return rows[a.count][b.count]
}
