internal import Glibc
package import Model
package import Plan
internal import Subprocess

/// The firewall, by `iptables-restore` and `iptables-save`: one short-lived child for each call.
package final class IPTables: Firewall {
    /// What iptables really speaks to, whatever it is called.
    package enum Backend: String, Sendable {
        case nfTables = "nf_tables"
        case legacy
    }

    package let backend: Backend
    /// The legacy tables tell nobody when they change: they have to be looked at every few seconds.
    package var sendsNotices: Bool { backend == .nfTables }

    private let restore: Executable
    private let save: Executable
    private let limit: Duration

    private init(restore: Executable, save: Executable, backend: Backend, limit: Duration) {
        self.restore = restore
        self.save = save
        self.backend = backend
        self.limit = limit
    }

    /// Finds the programs of a variant, and asks them what they are.
    ///
    /// `path`: where to look before the sbin directories, which an administrator's own PATH often lacks; nil is the process's PATH.
    /// `systemPath`: those directories; tests leave them out, to be on a box without iptables.
    /// `limit`: how long a child may take. More than its wait for the lock; without that it is a matter of milliseconds.
    package static func find(
        _ variant: IPTablesVariant, path: String? = nil, systemPath: String? = nil, limit: Duration = .seconds(5)
    ) async throws(FirewallError) -> IPTables {
        let prefix = variant == .auto ? "iptables" : "iptables-\(variant.rawValue)"
        let searched = [path ?? ownPath, systemPath ?? IPTablesChild.path].filter { !$0.isEmpty }.joined(separator: ":")
        let restore = try await locate("\(prefix)-restore", in: searched)
        let save = try await locate("\(prefix)-save", in: searched)
        let version = try await IPTablesChild.run(restore, ["--version"], limit: limit)
        // Before 1.8 there was but one, and it said nothing of it.
        let backend: Backend = version.contains("nf_tables") ? .nfTables : .legacy
        return IPTables(restore: restore, save: save, backend: backend, limit: limit)
    }

    package func observe() async throws(FirewallError) -> FirewallObserved {
        try IPTablesSave.parse(try await IPTablesChild.run(save, ["-t", "nat"], limit: limit))
    }

    package func apply(_ restore: FirewallRestore) async throws(FirewallError) {
        // -w: the legacy variant waits for its lock; the other takes it and needs none.
        _ = try await IPTablesChild.run(
            self.restore, ["--noflush", "-w", "\(IPTablesChild.lockSeconds)"], input: restore.text, limit: limit)
    }

    private static var ownPath: String { getenv("PATH").map { String(cString: $0) } ?? "" }

    private static func locate(_ program: String, in path: String) async throws(FirewallError) -> Executable {
        do throws(SubprocessError) {
            return .path(try await Executable.name(program).resolveExecutablePath(in: .custom(["PATH": path])))
        } catch  where error.code == .executableNotFound {
            throw FirewallError("\(program) is not in \(path): install the package iptables, or choose another with `iptables:`")
        } catch {
            throw FirewallError("looking for \(program): \(error)")
        }
    }
}
