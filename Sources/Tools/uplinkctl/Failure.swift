import Control
import ControlProtocol
import Glibc
import Varlink

/// What a script can go by. docs/cli.md has the list.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    /// Wrong usage, or a configuration with problems.
    case usage = 2
    case unreachable = 3
    case denied = 4
    /// A probe was lost, or got a wrong answer.
    case unanswered = 5
    /// A drill that didn't go out and back with everybody.
    case notBackedUp = 6
}

/// Why a command ends otherwise than well.
struct Failure: Error, Equatable {
    var status: ExitStatus
    /// nil: nobody needs to be told.
    var message: String?

    init(_ status: ExitStatus, _ message: String?) {
        self.status = status
        self.message = message
    }

    /// nil: none of ours (the argument parser's).
    init?(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as ControlClientError: self.init(Self.status(of: error), Self.text(of: error))
        // Whoever read our output has had enough: `uplinkctl events | head`.
        case let error as OutputError where error.code == EPIPE: self.init(.done, nil)
        case let error as OutputError: self.init(.failed, error.description)
        default: return nil
        }
    }

    private static func status(of error: ControlClientError) -> ExitStatus {
        switch error {
        case .noSocket, .nobodyListens, .noAnswer, .connectionLost: .unreachable
        case .mayNotConnect: .denied
        case .pathTooLong: .usage
        case .badReply, .failed: .failed
        case .refused(let error):
            switch error {
            case .service(.permissionDenied): .denied
            case .configurationRefused, .invalidTarget: .usage
            case .unknownWAN, .unknownReport, .wanNotUsable, .drillRefused, .tooManyClients, .failed, .service, .other: .failed
            }
        }
    }

    private static func text(of error: ControlClientError) -> String {
        switch error {
        case .refused(.service(.permissionDenied)):
            say("Permission denied: to change something you need to be root; to read, in group uplinkd.")
        case .refused(.wanNotUsable(let wan, let health, let reason)):
            say("{wan} can't be used, it is {health:health}: {reason}", ["wan": wan, "health": health, "reason": tell(reason)])
                + "\n" + say("--force switches all the same.")
        case .refused(.drillRefused(let reason)), .refused(.invalidTarget(let reason)): tell(reason)
        // As the error itself says it in English.
        case .noSocket(let path): say("uplinkd isn't running (no socket at {path}): systemctl start uplinkd", ["path": path])
        case .nobodyListens(let path): say("uplinkd isn't running (nobody listens on {path}): systemctl start uplinkd", ["path": path])
        case .mayNotConnect(let path): say("Permission denied on {path}: you need to be root or in group uplinkd.", ["path": path])
        case .noAnswer(let path): say("uplinkd doesn't answer on {path}: journalctl -u uplinkd may say why.", ["path": path])
        case .connectionLost(let path):
            say("uplinkd closed the connection on {path}: journalctl -u uplinkd may say why.", ["path": path])
        default: "\(error)"
        }
    }
}
