import Dispatch
import Floor
import FoundationEssentials
import Glibc
import Logging
import Model
import Synchronization

/// `verdicts.json`: which WANs are dead, for the start after a reboot. It lies on a disk, so it is written on a queue of its own, and nobody waits for it.
final class VerdictFile: Sendable {
    private let path: String
    private let log: Logger
    private let queue = DispatchQueue(label: "net.uplinkd.verdicts", qos: .utility)
    /// What is to be written next; while a disk hangs, the latest.
    private let next = Mutex<Presumption?>(nil)

    init(folder: String, log: Logger) {
        path = "\(folder)/verdicts.json"
        self.log = log
    }

    /// nil: there is none. One that can't be read is as good as none: it would have been of use for a second.
    func read() -> Presumption? {
        guard let bytes = try? Files.read(path, atMost: 1 << 20) else { return nil }
        return try? JSONDecoder().decode(Presumption.self, from: Data(bytes))
    }

    func write(_ presumption: Presumption) {
        let isFirst = next.withLock { next in
            defer { next = presumption }
            return next == nil
        }
        guard isFirst else { return }
        queue.async { [self] in
            guard let presumption = next.withLock({ $0.take() }) else { return }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            do {
                // Names always encode.
                try Files.replace(
                    path, with: Array((try? encoder.encode(presumption)) ?? Data()) + [UInt8(ascii: "\n")], outlivesPowerCut: true)
            } catch {
                log.warning("What a reboot should not take away can't be written, going on without", metadata: ["problem": "\(error)"])
            }
        }
    }
}
