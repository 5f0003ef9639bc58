import ControlProtocol

/// Which event it was. The identifiers begin anew with each daemon, so they say nothing without the time.
struct EventMark: Equatable, Sendable {
    var id: Int
    var time: String

    init(id: Int, time: String) {
        self.id = id
        self.time = time
    }

    init(_ event: ControlEvent) { self.init(id: event.id, time: event.time) }
}

/// How far each hook is, as a file: it outlives a restart of this service.
enum MarkText {
    /// `17 2026-07-31T12:00:00.000Z mail`, a line for each hook.
    static func text(of marks: [String: EventMark]) -> String {
        marks.sorted { $0.key < $1.key }.map { "\($0.value.id) \($0.value.time) \($0.key)\n" }.joined()
    }

    /// A line that makes no sense is as good as none: its hook begins with what is new.
    static func marks(in text: String) -> [String: EventMark] {
        var marks: [String: EventMark] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, let id = Int(words[0]) else { continue }
            marks[String(words[2])] = EventMark(id: id, time: String(words[1]))
        }
        return marks
    }
}
