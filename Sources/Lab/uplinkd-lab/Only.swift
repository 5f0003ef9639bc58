import ArgumentParser

/// What follows `--only`: parts by their names, separated by commas.
enum Only {
    /// nil: all of them.
    static func parts<Part: RawRepresentable<String> & CaseIterable>(_ only: String?) throws -> [Part] {
        guard let only else { return Array(Part.allCases) }
        return try only.split(separator: ",").map { word in
            guard let part = Part(rawValue: String(word)) else {
                throw ValidationError("no such part: \(word); there are \(Part.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return part
        }
    }
}
