package import Floor

/// Why the control socket could not be opened.
package enum ControlServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Somebody listens on the socket. `pid` is nil when it is only just starting, or too busy to be asked.
    case alreadyRunning(path: String, pid: Int32?)
    case noFolder(folder: String, code: Int32)
    case notASocket(path: String)
    case pathTooLong(path: String)
    case failed(CallError, path: String)

    package var description: String {
        switch self {
        case .alreadyRunning(let path, let pid?): "Another program (pid \(pid)) listens on \(path): is uplinkd running already?"
        case .alreadyRunning(let path, nil): "Another uplinkd has the control socket \(path), and is starting or very busy."
        case .noFolder(let folder, let code):
            "The folder of the control socket, \(folder), can't be used: \(errorText(code)). "
                + "systemd makes it (RuntimeDirectory=); by hand: mkdir \(folder)"
        case .notASocket(let path): "\(path) is not a socket, so it is left alone: move it away or choose another control socket."
        case .pathTooLong(let path): "The path of the control socket has to have 1 to 107 bytes: '\(path)'."
        case .failed(let error, let path): "The control socket \(path) could not be opened: \(error)."
        }
    }
}
