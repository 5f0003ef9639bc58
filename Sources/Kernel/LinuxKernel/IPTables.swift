internal import Floor
internal import Glibc
package import Model
package import Plan
internal import Subprocess

/// The firewall by iptables and ip6tables, `-restore` and `-save`: one short-lived child for each call.
package final class IPTables: FirewallProgram {
    /// What iptables really speaks to, whatever it is called.
    package enum Backend: String, Sendable {
        case nfTables = "nf_tables"
        case legacy
    }

    package let backend: Backend
    package var kind: String { backend == .nfTables ? "nft" : "legacy" }
    var variant: String? { kind }
    /// The legacy tables tell nobody when they change.
    package var sendsNotices: Bool { backend == .nfTables }
    package var places: [FirewallPlace] { Self.places }
    private static var places: [FirewallPlace] { FirewallBackend.iptables.plan.places }

    private struct Programs: Sendable {
        var restore: Executable
        var save: Executable
    }

    private let v4: Programs
    /// ip6tables is looked for when it is needed: IPv4 works without it, and it may be installed later.
    private let suffix: String
    private let searched: String
    private let limit: Duration
    /// Asking a program for its version has nothing to wait for but the box.
    private static let findLimit: Duration = .seconds(30)

    private init(v4: Programs, suffix: String, searched: String, backend: Backend, limit: Duration) {
        self.v4 = v4
        self.suffix = suffix
        self.searched = searched
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
        let searched = FirewallChild.searched(path, systemPath)
        let suffix = variant == .auto ? "" : "-\(variant.rawValue)"
        let v4 = try await programs("iptables\(suffix)", in: searched)
        let version = try await FirewallChild.run(v4.restore, ["--version"], limit: max(limit, findLimit))
        // Before 1.8 there was but one, and it said nothing of it.
        return IPTables(
            v4: v4, suffix: suffix, searched: searched, backend: version.contains("nf_tables") ? .nfTables : .legacy, limit: limit)
    }

    static func find(for choice: FirewallChoice) async throws(FirewallError) -> IPTables { try await find(choice.iptables) }

    static func remains() async -> [Result<FirewallRemains, FirewallError>] {
        let hasNFT = access("/usr/sbin/iptables-nft-save", X_OK) == 0
        let variants: [IPTablesVariant] = hasNFT ? legacyPlaces.isEmpty ? [.nft] : [.nft, .legacy] : [.auto]
        var found: [Result<FirewallRemains, FirewallError>] = []
        for variant in variants {
            do throws(FirewallError) {
                let firewall = try await find(variant)
                // Looking with the legacy variant would make its tables, where there are none.
                let places = firewall.backend == .legacy ? legacyPlaces : firewall.places
                let reachesIPv6 = await firewall.reachesIPv6
                found.append(.success((firewall, places.filter { reachesIPv6 || !$0.isIPv6 })))
            } catch { found.append(.failure(error)) }
        }
        return found
    }

    /// Those that the legacy variant has made.
    private static var legacyPlaces: [FirewallPlace] {
        places.filter { place in
            let names = (try? Files.read("/proc/self/net/ip\(place.isIPv6 ? "6" : "")_tables_names")).map {
                String(decoding: $0, as: UTF8.self)
            }
            return (names ?? "").split(separator: "\n").contains { $0 == place.table }
        }
    }

    /// Rules of ours for IPv6 can be there at all.
    private var reachesIPv6: Bool {
        get async {
            guard access("/proc/self/net/if_inet6", F_OK) == 0 else { return false }
            return (try? await programs(isIPv6: true)) != nil
        }
    }

    package func observe(_ place: FirewallPlace) async throws(FirewallError) -> FirewallContents {
        let text = try await FirewallChild.run(try await programs(isIPv6: place.isIPv6).save, ["-t", place.table], limit: limit)
        return try IPTablesSave.parse(text, place.table)
    }

    package func apply(_ restore: FirewallRestore) async throws(FirewallError) {
        // -w: the legacy variant waits for its lock; the other takes it and needs none.
        _ = try await FirewallChild.run(
            try await programs(isIPv6: restore.place.isIPv6).restore, ["--noflush", "-w", "\(FirewallChild.lockSeconds)"],
            input: restore.text,
            limit: limit)
    }

    private func programs(isIPv6: Bool) async throws(FirewallError) -> Programs {
        isIPv6 ? try await Self.programs("ip6tables\(suffix)", in: searched) : v4
    }

    private static func programs(_ prefix: String, in path: String) async throws(FirewallError) -> Programs {
        let advice =
            prefix.hasPrefix("ip6")
            ? "install the package iptables, or set `ipv6: off` for every WAN"
            : "install the package iptables, or choose another with `iptables:`"
        return Programs(
            restore: try await FirewallChild.locate("\(prefix)-restore", in: path, advice),
            save: try await FirewallChild.locate("\(prefix)-save", in: path, advice))
    }
}
