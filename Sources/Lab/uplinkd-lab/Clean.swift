import ArgumentParser
import Lab

struct Clean: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Removes what labs left behind whose process is gone.")

    func run() async throws {
        let removed = try await Cleanup.removeLeftovers()
        print(removed.isEmpty ? "Nothing left behind." : removed.map { "removed \($0)" }.joined(separator: "\n"))
    }
}
