import Chassis
import Floor
import Model
import Scenario
/// `--replay`: what today's engine makes of a recording. Needs no privileges and touches nothing.
struct Replay {
    let path: String

    func run() throws(Failure) {
        let recorded: Scenario
        let replayed: Scenario
        do {
            recorded = try Scenario(parsing: String(decoding: try Files.read(path, atMost: 1 << 30), as: UTF8.self))
            replayed = try recorded.replayed()
        } catch {
            throw Failure(status: .failed, message: "\(path): \(error)")
        }
        let differences = zip(recorded.steps, replayed.steps).filter { $0 != $1 }
        for (before, now) in differences {
            let indented = { (lines: [String]) in lines.map { "    \($0)\n" }.joined() }
            print("@\(before.at.sinceStart.inSeconds)\n  recorded:\n\(indented(before.effects))  now:\n\(indented(now.effects))")
        }
        guard differences.isEmpty else {
            throw Failure(status: .failed, message: "\(differences.count) of \(recorded.steps.count) steps come out differently")
        }
        print("\(path): all \(recorded.steps.count) steps come out as recorded.")
    }
}
