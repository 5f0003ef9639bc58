package import ControlProtocol
package import Floor

/// Why a client has no answer.
package enum ControlClientError: Error, Equatable, Sendable, CustomStringConvertible {
    case noSocket(path: String)
    /// There is a socket, and nobody listens on it.
    case nobodyListens(path: String)
    /// The file permissions of the socket.
    case mayNotConnect(path: String)
    case pathTooLong(path: String)
    case noAnswer(path: String)
    case connectionLost(path: String)
    /// What came back isn't what this program understands.
    case badReply(String)
    case refused(ControlError)
    case failed(CallError, path: String)

    package var description: String {
        switch self {
        case .noSocket(let path): "uplinkd isn't running (no socket at \(path)): systemctl start uplinkd"
        case .nobodyListens(let path): "uplinkd isn't running (nobody listens on \(path)): systemctl start uplinkd"
        case .mayNotConnect(let path): "Permission denied on \(path): you need to be root or in group uplinkd."
        case .pathTooLong(let path): "The path of the control socket has to have 1 to 107 bytes: '\(path)'."
        case .noAnswer(let path): "uplinkd doesn't answer on \(path): journalctl -u uplinkd may say why."
        case .connectionLost(let path): "uplinkd closed the connection on \(path): journalctl -u uplinkd may say why."
        case .badReply(let text): "uplinkd's answer makes no sense: \(text)"
        case .refused(let error): error.description
        case .failed(let error, let path): "\(path): \(error)."
        }
    }
}
