import Engine
import Floor
import FoundationEssentials
import Glibc
import LinuxKernel
import Model
import Plan
import Scenario

/// `state.json`, beside the control socket: what we changed and how it was before, the operator's word, and which WAN has which number.
/// It lives in /run: what it describes is gone after a reboot, too.
struct StateFile {
    let path: String

    /// - Parameter control: the path of the control socket.
    init(besideSocket control: String) {
        path = Self.folder(ofSocket: control) + "/state.json"
    }

    static func folder(ofSocket control: String) -> String {
        let folder = control.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return control.contains("/") ? folder : "."
    }

    private struct Content: Codable {
        /// Of this format.
        var version = 1
        var undo: Undo
        var pin: WANName?
        /// nil: an uplinkd wrote it that numbered the WANs in the order of the file.
        var slots: Slots?
    }

    enum Problem: Error, CustomStringConvertible {
        case unreadable(CallError)
        case damaged(path: String, reason: String)

        var description: String {
            switch self {
            case .unreadable(let failed): "\(failed)"
            case .damaged(let path, let reason): "\(path), the record of what was there before us, is damaged: \(reason)"
            }
        }
    }

    /// Nothing, if there is no such file.
    func read() throws(Problem) -> Scenario.Beginning {
        let bytes: [UInt8]
        do {
            bytes = try Files.read(path)
        } catch  where error.code == ENOENT {
            return Scenario.Beginning()
        } catch {
            throw .unreadable(error)
        }
        do {
            let content = try JSONDecoder().decode(Content.self, from: Data(bytes))
            return Scenario.Beginning(undo: content.undo, pin: content.pin, slots: content.slots)
        } catch {
            throw .damaged(path: path, reason: "\(error)")
        }
    }

    func write(_ state: Scenario.Beginning) throws(CallError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(Content(undo: state.undo, pin: state.pin, slots: state.slots)) else {
            // Names and numbers always encode.
            throw CallError(action: "can't encode \(path)", code: EINVAL)
        }
        try Files.replace(path, with: Array(data) + [UInt8(ascii: "\n")])
    }

    /// The name under which it is kept from now on.
    func setAside() -> String {
        let kept = path + ".damaged"
        rename(path, kept)
        return kept
    }

    func remove() { unlink(path) }
}

extension Scenario.Beginning {
    /// Where the slots aren't written down, the kernel tells of them. What keeps it from being read the engine hears in a moment.
    mutating func recall(from kernel: LinuxKernel, _ settings: Settings) {
        guard slots == nil, let snapshot = try? kernel.snapshot(of: settings.interfaces) else { return }
        slots = Slots(heldBy: snapshot, settings)
    }
}
