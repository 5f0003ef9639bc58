package import Model

/// The configuration file: YAML text in, `Settings` or everything that is wrong with it out. No paths, no I/O.
package enum Configuration {
    package enum Parsed: Equatable, Sendable {
        case accepted(Settings, warnings: [Problem])
        /// At least one of them is an error.
        case refused([Problem])

        package var settings: Settings? {
            if case .accepted(let settings, _) = self { settings } else { nil }
        }

        /// By position.
        package var problems: [Problem] {
            switch self {
            case .accepted(_, let warnings): warnings
            case .refused(let problems): problems
            }
        }
    }

    /// Make the text of a file's bytes with `String(decoding:as: UTF8.self)`: what isn't UTF-8 is then reported at its place.
    /// - Parameter programs: what is wrong with the program at a path, if anything: the one thing that can't be seen in the text. It becomes a
    ///   warning: a program can come later.
    /// - Parameter devices: the interfaces that there are now, for warnings. nil: nobody has looked.
    package static func parse(
        _ text: String, programs: @escaping (String) -> String? = { _ in nil }, devices: [Device]? = nil
    ) -> Parsed {
        guard text.utf8.count <= Source.maximumBytes else {
            var problems = Problems(source: Source(""))
            problems.error("the file is larger than \(Source.maximumBytes / 1024) KiB: this is no configuration of uplinkd", at: nil)
            return .refused(problems.sorted)
        }
        var problems = Problems(source: Source(text), programs: programs)
        let settings = settings(devices, &problems)
        guard let settings, !problems.hasErrors else {
            if !problems.hasErrors { problems.error("the configuration is incomplete", at: nil) }
            return .refused(problems.sorted)
        }
        return .accepted(settings, warnings: problems.sorted)
    }

    /// Stage by stage: what fails one is not fit for the next, and would only make follow-up errors there.
    private static func settings(_ devices: [Device]?, _ problems: inout Problems) -> Settings? {
        problems.source.check(&problems)
        guard !problems.hasErrors, let root = YAMLReader.read(&problems) else { return nil }
        if case .empty = root.content {
            problems.error("nothing is configured: the file is empty", at: nil, hint: "it needs 'lan' and 'wans' at least")
            return nil
        }
        var draft = FileDraft()
        readMapping(root, nil, Schema.file, into: &draft, &problems)
        draft.check(&problems)
        let settings = draft.settings
        if let settings, let devices { draft.check(settings, among: devices, &problems) }
        return settings
    }
}
