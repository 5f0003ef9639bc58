import Dispatch
import Engine
import Glibc
import LinuxKernel
import Model
import Plan
import Scenario

/// `--dry-run`: what the first plan on this box would be.
struct DryRun {
    let settings: Settings
    let control: String

    func run() throws(Failure) {
        let beginning = (try? StateFile(besideSocket: control).read()) ?? Scenario.Beginning()
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

/// `--teardown`: plans for a box without us, from what the kernel says and what was written down before each change.
struct Teardown {
    let control: String
    let isDryRun: Bool

    func run() throws(Failure) {
        let lock = isDryRun ? nil : try InstanceLock()
        defer { withExtendedLifetime(lock) {} }
        if !isDryRun { try Privileges.require() }
        let file = StateFile(besideSocket: control)
        var undo: Undo
        do {
            undo = try file.read().undo
        } catch {
            complain("uplinkd: \(error), so what we changed of others can't be put back")
            undo = Undo()
        }
        var problems: [String] = []
        do throws(KernelError) {
            let kernel = try LinuxKernel()
            // Once to take back, once to see that it is so; what the second look still finds has just failed.
            for isFirst in [true, false] {
                let plan = Plan(
                    desired: Desired(), observed: try kernel.snapshot(of: Set(undo.settings.keys).union(undo.displaced.map(\.interface))),
                    undo: undo)
                undo = plan.undo
                guard isFirst else { break }
                for operation in plan.operations { print(operation) }
                if isDryRun { break }
                problems += kernel.carryOut(plan.operations).map(\.error.description)
            }
        } catch {
            problems.append(error.description)
        }
        problems += Variant.present.compactMap { variant in
            blocking { [isDryRun] in await Self.removeNAT(variant, isDryRun: isDryRun) }
        }
        guard problems.isEmpty else {
            throw Failure(status: .failed, message: "not everything could be taken back\n" + problems.joined(separator: "\n"))
        }
        if !isDryRun { file.remove() }
    }

    /// The problem, if there is one.
    private static func removeNAT(_ variant: IPTablesVariant, isDryRun: Bool) async -> String? {
        do throws(FirewallError) {
            let firewall = try await IPTables.find(variant)
            guard let restore = FirewallRestore(desired: nil, observed: try await firewall.observe()) else { return nil }
            print(restore)
            if !isDryRun { try await firewall.apply(restore) }
            return nil
        } catch {
            return error.description
        }
    }

    /// Where rules of ours may be: whatever the configuration says now, an earlier one may have said something else.
    private enum Variant {
        static var present: [IPTablesVariant] {
            var found: [IPTablesVariant] = []
            if access("/usr/sbin/iptables-nft-save", X_OK) == 0 { found.append(.nft) } else { found.append(.auto) }
            // Merely looking with the legacy variant would make its tables, where there are none.
            let tables = (try? Files.read("/proc/self/net/ip_tables_names")).map { String(decoding: $0, as: UTF8.self) } ?? ""
            if tables.split(separator: "\n").contains("nat") { found.append(.legacy) }
            return found
        }
    }
}

/// Waits on the main thread for something asynchronous: there is nothing else to do here.
private func blocking<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let done = DispatchSemaphore(value: 0)
    let box = Box<Value>()
    Task {
        box.value = await body()
        done.signal()
    }
    while true {
        done.wait()
        if let value = box.value { return value }
    }
}

/// Written before the semaphore is signalled and read after it was waited for, so never at the same time.
private final class Box<Value: Sendable>: @unchecked Sendable {
    var value: Value?
}
