import Chassis
import Dispatch
import Floor
import Glibc
import Scenario

/// Appends to a scenario file what the engine hears and says. A slow disk keeps nothing waiting, and a full one ends the recording, not the daemon.
final class Recorder {
    private let path: String
    private let file: Descriptor
    private let steps: LogQueue

    /// So much may wait for the disk: minutes of a busy box.
    private static let waiting = WaitingLines(lines: 100_000, bytes: 16 << 20)

    init(path: String) throws(Failure) {
        self.path = path
        do throws(CallError) {
            file = try .open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o644, "can't record to \(path)")
        } catch {
            throw Failure(status: .failed, message: "\(error)")
        }
        steps = LogQueue(file.number, Self.waiting) { count in
            let gap = "\(count) steps are missing here: the disk was too slow."
            standardError.add("uplinkd: the recording has a gap: \(gap)")
            return "# \(gap)"
        } failed: { code in
            standardError.add("\(CallError(action: "uplinkd: the recording to \(path) ends here", code: code))")
        }
    }

    func write(_ step: Scenario.Step) { steps.add(String(step.text.dropLast())) }

    /// What waits gets out before the daemon ends.
    func finish() {
        if !steps.flush() { standardError.add("uplinkd: the recording to \(path) lacks its end: the disk was too slow.") }
    }
}
