import ControlProtocol
import Engine
import FoundationEssentials
import Model

/// The latest events, in memory: for `uplinkctl events` and for followers that were away for a moment.
struct EventJournal {
    static let kept = 1000

    private var events: [ControlEvent] = []
    private var lastID = 0

    mutating func add(_ happening: Happening, at time: Date) -> ControlEvent {
        lastID += 1
        let sentence = happening.sentence
        let event = ControlEvent(
            id: lastID, time: wireTime(time), kind: .init(rawValue: happening.kind.rawValue),
            severity: .init(rawValue: happening.severity.rawValue), wan: happening.wan?.description, code: sentence.code,
            message: sentence.text, details: sentence.arguments)
        events.append(event)
        // In blocks, so that the array isn't shifted at every event.
        if events.count >= 2 * Self.kept { events.removeFirst(events.count - Self.kept) }
        return event
    }

    func latest(_ count: Int?) -> [ControlEvent] { events.suffix(min(count ?? Self.kept, Self.kept)) }
}
