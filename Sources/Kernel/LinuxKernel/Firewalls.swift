import Model
package import Plan

/// A back end as a program on this box.
protocol FirewallProgram: Firewall {
    /// Which variant of iptables its NAT is in, `nft` or `legacy`; nil: none.
    var variant: String? { get }
    static func find(for choice: FirewallChoice) async throws(FirewallError) -> Self
    /// Wherever rules of ours may be that it has made. To look there makes nothing.
    static func remains() async -> [Result<FirewallRemains, FirewallError>]
}

typealias FirewallRemains = (firewall: any Firewall, places: [FirewallPlace])

/// The back ends, by the words of the configuration.
package enum Firewalls {
    private static func program(_ backend: FirewallBackend) -> any FirewallProgram.Type {
        switch backend {
        case .iptables: IPTables.self
        case .nftables: NFTables.self
        }
    }

    package static func find(for choice: FirewallChoice) async throws(FirewallError) -> any Firewall {
        try await program(choice.backend).find(for: choice)
    }

    /// Which variant of iptables NAT is in by this choice. nil: none, or there is no such program.
    static func variant(of choice: FirewallChoice) async -> String? { try? await program(choice.backend).find(for: choice).variant }

    /// Takes back what any of them holds of ours: whatever the configuration says now, an earlier one may have said something else.
    package static func takeBack(isDryRun: Bool) async -> (restores: [FirewallRestore], problems: [String]) {
        var restores: [FirewallRestore] = []
        var problems: [String] = []
        for backend in FirewallBackend.allCases {
            for found in await program(backend).remains() {
                do throws(FirewallError) {
                    let (firewall, places) = try found.get()
                    for place in places {
                        do throws(FirewallError) {
                            if let restore = try await firewall.takeBack(place, isDryRun: isDryRun) { restores.append(restore) }
                        } catch { problems.append(error.description) }
                    }
                } catch { problems.append(error.description) }
            }
        }
        return (restores, problems)
    }
}
