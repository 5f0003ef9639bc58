package import Floor

/// Why a service's socket could not be opened.
package enum VarlinkServerError: Error, Equatable, Sendable {
    /// Somebody listens on the socket. `pid` is nil when it is only just starting, or too busy to be asked.
    case alreadyRunning(path: String, pid: Int32?)
    case noFolder(folder: String, code: Int32)
    case notASocket(path: String)
    case pathTooLong(path: String)
    case failed(CallError, path: String)
}
