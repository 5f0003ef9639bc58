internal import Subprocess

/// A command that ends by itself, soon.
enum Command {
    /// Its stdout. Throws if it fails, with what it wrote to stderr.
    @discardableResult
    static func run(_ arguments: [String], input: String = "") async throws -> String {
        guard let program = arguments.first else { throw LabError("an empty command") }
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(Array(arguments.dropFirst())), input: .string(input),
            output: .string(limit: 4_000_000), error: .string(limit: 1_000_000))
        guard result.terminationStatus.isSuccess else {
            throw LabError(
                """
                \(arguments.joined(separator: " ")): \(result.terminationStatus)
                \(result.standardError)\(result.standardOutput)
                """)
        }
        return result.standardOutput
    }

    /// Many commands for the price of one: a shell script that stops at the first failure.
    @discardableResult
    static func script(_ text: String) async throws -> String {
        do {
            return try await run(["sh", "-e", "-s"], input: text)
        } catch let error as LabError {
            throw LabError("\(error)of this script:\n\(text)")
        }
    }
}

/// A script in the host's namespace. Not for what a lab does: for looking at it from outside.
package enum Shell {
    @discardableResult
    package static func run(_ script: String) async throws -> String { try await Command.script(script) }
}
