import Glibc
import Subprocess

/// What a child process said, and how it ended.
package struct Child: Equatable {
    package var status: Int32?
    package var output: String
    package var error: String

    package init(status: Int32?, output: String, error: String) {
        self.status = status
        self.output = output
        self.error = error
    }

    /// Runs a program and waits for it.
    package static func run(_ words: String...) async throws -> Child {
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments(words), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let status: Int32? = if case .exited(let code) = result.terminationStatus { code } else { nil }
        return Child(status: status, output: result.standardOutput, error: result.standardError)
    }
}

/// The folder with what was built: the program that runs the tests is in it too.
package func buildFolder() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { bytes in
        bytes.withMemoryRebound(to: CChar.self) { text in text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? 0 }
    }
    let path = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    return String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
}
