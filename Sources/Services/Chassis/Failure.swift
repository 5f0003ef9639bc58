import Control
import Floor
import Glibc
import Varlink

/// Why a service ends, in one line, and the exit status that scripts may rely on (docs/cli.md).
package struct Failure: Error {
    package enum Status: Int32 {
        case failed = 1
        case configuration = 2
        case alreadyRunning = 3
        case noPermission = 4
    }

    package var status: Status
    package var message: String

    package init(status: Status, message: String) {
        self.status = status
        self.message = message
    }

    package init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as ControlServerError:
            let isTaken = if case .alreadyRunning = error { true } else { false }
            self.init(status: isTaken ? .alreadyRunning : .failed, message: "\(error)")
        default: self.init(status: .failed, message: "\(error)")
        }
    }

    /// Ends what a person has started with it: the message on standard error, nothing on standard output. A service has `Chassis.fail`.
    package func exit(_ program: String) -> Never {
        complain("\(program): \(message)")
        Glibc.exit(status.rawValue)
    }
}
