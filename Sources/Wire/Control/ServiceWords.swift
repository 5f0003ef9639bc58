package import ControlProtocol
import Floor
package import Varlink

// What the transport reports, in words for whoever runs uplinkd.

package typealias ControlClient = VarlinkClient<ControlError>
package typealias ControlClientError = VarlinkClientError<ControlError>
package typealias ControlServerError = VarlinkServerError

extension VarlinkServerError: CustomStringConvertible {
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

extension VarlinkClientError: CustomStringConvertible where Refusal: CustomStringConvertible {
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

extension VarlinkCounters {
    /// Under the names that `Status.counters` gives them.
    package var named: [String: Int] {
        [
            "control_clients": clients, "control_requests": requests, "control_denied": denied,
            "control_clients_refused": clientsRefused, "control_malformed": malformed, "control_slow_clients": slow,
            "control_idle_clients": idle,
        ]
    }
}
