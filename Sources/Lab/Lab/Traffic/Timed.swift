internal import Glibc

/// Runs one command and says when: the clock just before it is started and just after it has ended.
package enum Timed {
    /// The command's exit status, and the times if it succeeded.
    package static func run(_ arguments: [String]) throws -> FaultTime {
        guard let program = arguments.first else { throw LabError("no command") }
        var strings: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        strings.append(nil)
        defer { for string in strings { free(string) } }
        var child: pid_t = 0
        let began = Moment.now
        let code = posix_spawnp(&child, program, nil, nil, strings, environ)
        guard code == 0 else { throw LabError("\(program): \(String(cString: strerror(code)))") }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw LabError("waitpid: \(lastError())") }
        }
        let ended = Moment.now
        guard status == 0 else { throw LabError("\(arguments.joined(separator: " ")) failed: wait status \(status)") }
        return FaultTime(began: began, ended: ended)
    }
}
