/// Why the history's file can't be used.
package enum HistoryError: Error, Equatable, Sendable {
    /// It isn't a database, or damaged.
    case broken(path: String, String)
    case later(path: String)
    /// A full disk, a folder without permission, …: it may be different in a minute.
    case failed(path: String, String)

    init(_ error: any Error, path: String) {
        switch error {
        case let error as HistoryError: self = error
        case let error as DatabaseError: self = error.isDamage ? .broken(path: path, error.message) : .failed(path: path, error.message)
        // What is stored isn't what we store.
        case is DecodingError: self = .broken(path: path, "\(error)")
        default: self = .failed(path: path, "\(error)")
        }
    }
}
