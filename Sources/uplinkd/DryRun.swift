import Engine
import LinuxKernel
import Model
import Plan
import Scenario

/// `--dry-run`: what the first plan on this box would be.
struct DryRun {
    let settings: Settings
    let control: String
    let asJSON: Bool

    func run() throws(Failure) {
        var answer = Answer()
        var beginning = Scenario.Beginning()
        do {
            beginning = try StateFile(besideSocket: control).read()
        } catch {
            answer.notes.append("\(error)")
        }
        var engine = Engine(settings: settings, undo: beginning.undo, pin: beginning.pin, at: .start)
        var effects: [Effect]
        do throws(KernelError) {
            effects = engine.handle(.snapshot(try LinuxKernel().snapshot(of: engine.interfaces)), at: .start)
        } catch {
            throw Failure(status: .failed, message: "\(error)")
        }
        let event: Event = blocking { [settings] in
            do throws(FirewallError) {
                return .firewallObserved(try await IPTables.find(settings.iptables).observe())
            } catch {
                return .firewallFailed(error: error.description)
            }
        }
        effects += engine.handle(event, at: .start)
        for effect in effects {
            switch effect {
            case .apply(let operations): answer.commands += operations.map(\.description)
            case .applyFirewall(let restore): answer.commands.append(restore.description)
            case .remember, .observeFirewall, .probe, .readCounters, .notify: break
            }
        }
        if case .firewallFailed(let error) = event {
            answer.notes.append("NAT: \(error)")
        } else if answer.commands.isEmpty {
            answer.notes.append("Nothing to do: routes, rules and NAT are as they should be.")
        }
        answer.notes += engine.explanation(at: .start).map(\.sentence)
        answer.show(asJSON: asJSON)
    }
}
