import ArgumentParser
import Control
import ControlProtocol
import Varlink

extension CompletionKind {
    /// The WANs of the daemon that runs here; nothing where none answers.
    static func wans(and others: [String] = []) -> CompletionKind {
        .custom { _, _, _ in
            let status = try? ControlClient(path: defaultControlSocket).status()
            return (status?.wans.map(\.name) ?? []) + others
        }
    }
}
