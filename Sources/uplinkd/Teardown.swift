import Glibc
import LinuxKernel
import Model
import Plan
import Scenario

/// `--teardown`: plans for a box without us, from what the kernel says and what was written down before each change.
struct Teardown {
    let control: String
    let isDryRun: Bool
    let asJSON: Bool

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
        var answer = Answer()
        do throws(KernelError) {
            let kernel = try LinuxKernel()
            // Once to take back, once to see that it is so; what the second look still finds has just failed.
            for isFirst in [true, false] {
                let plan = Plan(
                    desired: Desired(), observed: try kernel.snapshot(of: Set(undo.settings.keys).union(undo.displaced.map(\.interface))),
                    undo: undo)
                undo = plan.undo
                guard isFirst else { break }
                answer.commands += plan.operations.map(\.description)
                if isDryRun { break }
                answer.problems += kernel.carryOut(plan.operations).map(\.error.description)
            }
        } catch {
            answer.problems.append(error.description)
        }
        for variant in Variant.present {
            switch blocking({ [isDryRun] in await Self.removeNAT(variant, isDryRun: isDryRun) }) {
            case .success(let restore): answer.commands += restore.map { [$0.description] } ?? []
            case .failure(let error): answer.problems.append(error.description)
            }
        }
        answer.show(asJSON: asJSON)
        guard answer.problems.isEmpty else {
            throw Failure(status: .failed, message: "not everything could be taken back\n" + answer.problems.joined(separator: "\n"))
        }
        if !isDryRun { file.remove() }
    }

    private static func removeNAT(_ variant: IPTablesVariant, isDryRun: Bool) async -> Result<FirewallRestore?, FirewallError> {
        do throws(FirewallError) {
            return .success(try await IPTables.find(variant).takeBack(isDryRun: isDryRun))
        } catch {
            return .failure(error)
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
