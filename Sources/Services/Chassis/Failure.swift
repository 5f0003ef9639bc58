import ArgumentParser
import Floor
import Glibc

/// Why the program ends, in one line, and the exit status that scripts may rely on (docs/cli.md).
struct Failure: Error {
    enum Status: Int32 {
        case failed = 1
        case configuration = 2
        case alreadyRunning = 3
        case noPermission = 4
    }

    var status: Status
    var message: String

    /// Ends the program with it: the message on standard error, nothing on standard output.
    func exit() -> Never {
        complain("uplinkd: \(message)")
        Glibc.exit(status.rawValue)
    }
}
