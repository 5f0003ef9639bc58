package import ControlProtocol
package import Model

/// What happens to the history itself.
package enum HistoryNews: Equatable, Sendable {
    /// A file that broke was renamed.
    case setAside(HistoryError, place: String)
    /// It is kept in memory meanwhile.
    case unwritable(HistoryError)
    /// So many events and reports had to go in the meantime.
    case writableAgain(lost: Int)
    /// The daemon remembers the latest only, and nobody had asked for so long.
    case eventsLost(first: Int, last: Int)
    case clockSet(from: Moment, to: Moment)
}

extension HistoryNews {
    package var severity: ControlEvent.Severity {
        switch self {
        case .setAside, .unwritable: .error
        case .eventsLost: .warning
        case .writableAgain: .notice
        case .clockSet: .info
        }
    }

    package var sentence: Sentence {
        switch self {
        case .setAside(let error, let place):
            Sentence(
                "history-set-aside", ["place": place, "error": error], "\(error). It is kept as \(place), and a new history begins.")
        case .unwritable(let error):
            Sentence(
                "history-unwritable", ["error": error], "The history can't be written, and is kept in memory meanwhile: \(error)")
        case .writableAgain(let lost):
            Sentence(
                "history-writable", ["lost": lost],
                "The history can be written again; \(lost == 0 ? "nothing is missing" : "\(lost) events and reports are missing").")
        case .eventsLost(let first, let last):
            Sentence(
                "events-lost", ["first": first, "last": last],
                "\(last - first + 1) events of uplinkd are lost: it has had more than it remembers since it was heard last.")
        case .clockSet(let from, let to):
            Sentence("clock-set", ["from": from.text, "to": to.text], "The clock was set from \(from.text) or later to \(to.text).")
        }
    }
}

extension HistoryError {
    package var sentence: Sentence {
        switch self {
        case .broken(let path, let error): Sentence("history-damaged", ["path": path, "error": error], "\(path) is damaged: \(error)")
        case .later(let path):
            Sentence(
                "history-later", ["path": path],
                "\(path) was made by a later version of uplinkd-history, and is left alone: install that version again, or move the file away."
            )
        case .failed(let path, let error):
            Sentence("history-failed", ["path": path, "error": error], "\(path) can't be used: \(error)")
        }
    }
}

extension HistoryError: CustomStringConvertible { package var description: String { sentence.text } }
