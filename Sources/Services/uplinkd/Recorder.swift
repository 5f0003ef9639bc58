import Floor
import Glibc
import Scenario

/// Appends to a scenario file what the engine hears and says.
final class Recorder {
    private let descriptor: Int32
    private var hasFailed = false

    init(path: String) throws(Failure) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(status: .failed, message: "can't record to \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// A full disk ends the recording, not the daemon.
    func write(_ step: Scenario.Step) {
        guard !hasFailed else { return }
        if !Files.writeAll(Array(step.text.utf8), to: descriptor) {
            hasFailed = true
            complain("uplinkd: the recording ends here: \(String(cString: strerror(errno)))")
        }
    }
}
