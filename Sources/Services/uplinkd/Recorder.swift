import Chassis
import Floor
import Glibc
import Scenario

/// Appends to a scenario file what the engine hears and says.
final class Recorder {
    private let file: Descriptor
    private var hasFailed = false

    init(path: String) throws(Failure) {
        do throws(CallError) {
            file = try .open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o644, "can't record to \(path)")
        } catch {
            throw Failure(status: .failed, message: "\(error)")
        }
    }

    /// A full disk ends the recording, not the daemon.
    func write(_ step: Scenario.Step) {
        guard !hasFailed else { return }
        do throws(CallError) {
            try file.write(Array(step.text.utf8), "uplinkd: the recording ends here")
        } catch {
            hasFailed = true
            standardError.add("\(error)")
        }
    }
}
