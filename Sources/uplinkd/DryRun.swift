import Engine
import LinuxKernel
import Model
import Plan
import Scenario

/// `--dry-run`: what the first plan on this box would be.
struct DryRun {
    let settings: Settings
    let control: String

    func run() throws(Failure) {
        var beginning = Scenario.Beginning()
        do {
            beginning = try StateFile(besideSocket: control).read()
        } catch {
            print("# \(error)")
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
        var isInOrder = true
        for effect in effects {
            switch effect {
            case .apply, .applyFirewall:
                isInOrder = false
                print(effect)
            case .remember, .observeFirewall, .probe, .notify: break
            }
        }
        if case .firewallFailed(let error) = event {
            print("# NAT: \(error)")
        } else if isInOrder {
            print("# Nothing to do: routes, rules and NAT are as they should be.")
        }
        for (_, sentence) in engine.explanation(at: .start) { print("# \(sentence)") }
    }
}
