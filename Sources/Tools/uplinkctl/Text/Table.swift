/// Rows as lines, each column as wide as its widest cell; two spaces in between, none at the end.
func tableLines(_ rows: [[String]]) -> [String] {
    var widths: [Int] = []
    for row in rows {
        for (column, cell) in row.enumerated() {
            if column == widths.count { widths.append(0) }
            widths[column] = max(widths[column], cell.count)
        }
    }
    return rows.map { row in
        var line = ""
        for (column, cell) in row.enumerated() {
            line += cell
            if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

/// - Parameter escape: what a cell may hold without being taken for Markdown; a bar ends it in any case.
func markdownTable(_ rows: [[String]], escape: (String) -> String = { $0.replacing("|", with: "\\|") }) -> [String] {
    let lines = rows.map { row in "| \(row.map(escape).joined(separator: " | ")) |" }
    guard let header = lines.first, let width = rows.first?.count else { return [] }
    return [header, "|" + String(repeating: " --- |", count: width)] + lines.dropFirst()
}

/// RFC 4180, but for the ends of lines. A text that a spreadsheet would reckon out (OWASP: CSV injection) has an apostrophe in front.
func csvLines(_ rows: [[String]]) -> [String] {
    rows.map { row in
        row.map { text in
            let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
            let cell = isFormula && Double(text) == nil ? "'" + text : text
            let isPlain = !cell.utf8.contains {
                [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0)
            }
            return isPlain ? cell : "\"\(cell.replacing("\"", with: "\"\""))\""
        }.joined(separator: ",")
    }
}

/// To the left of its column.
func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

/// To the right of it, as numbers stand.
func padded(left text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
