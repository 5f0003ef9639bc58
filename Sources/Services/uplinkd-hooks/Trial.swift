import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials
import Glibc
import Model

/// Runs hooks once, for an administrator at a terminal.
struct Trial {
    let folder: HookFolder
    let control: String
    let timeout: Duration
    let configuration: String

    /// nil: all of them. Doesn't return: the exit status is 1 if one failed.
    func run(_ wanted: String?) throws -> Never {
        let contents = folder.read()
        for refusal in contents.refused where wanted == nil || refusal.hasPrefix("\(folder.file(wanted ?? "")) ") {
            print(visible(refusal))
        }
        let hooks = contents.hooks.filter { wanted == nil || $0 == wanted }
        guard !hooks.isEmpty else {
            print(wanted.map { "There is no hook \($0) to run in \(folder.path)." } ?? "There is no hook to run in \(folder.path).")
            exit(1)
        }
        let delivery = Delivery(event: .toTry, dropped: 0)
        let environment = HookInput.environment(
            delivery, control: control, inherited: ProcessInfo.processInfo.environment, language: .ofFile(configuration))
        // Until the queue runs, nothing can end; from then on both are touched there only.
        nonisolated(unsafe) var (left, status): (Int, Int32) = (hooks.count, contents.refused.isEmpty || wanted != nil ? 0 : 1)
        DispatchQueue.main.async {
            let poll = Poll(queue: .main)
            for hook in hooks {
                _ = HookRun(
                    folder.file(hook), environment: environment, input: HookInput.json(delivery.event), timeout: timeout, poll: poll
                ) { outcome in
                    for line in outcome.output { print(visible("\(hook): \(line)")) }
                    print("\(hook): \(outcome.text(timeout: timeout)).")
                    if !outcome.isSuccess { status = 1 }
                    left -= 1
                    if left == 0 { exit(status) }
                }
            }
        }
        dispatchMain()
    }
}
