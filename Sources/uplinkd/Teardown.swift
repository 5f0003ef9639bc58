import Glibc
import LinuxKernel
import Model
import Plan
import Scenario

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
            if let restore = try await IPTables.find(variant).takeBack(isDryRun: isDryRun) { print(restore) }
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
