/// Thousands of clients and very many sessions that nobody sends packets for: the router's kernel is told of them.
package struct Crowd: Sendable {
    package let clients: Int
    package let sessions: Int
    private let router: Router

    /// A second network on the LAN: the first one has no room.
    private static let network = "10.88"

    fileprivate init(clients: Int, sessions: Int, router: Router) {
        self.clients = clients
        self.sessions = sessions
        self.router = router
    }

    fileprivate func settle() async throws {
        guard (1...60_000).contains(clients) else { throw LabError("a crowd has 1 to 60000 clients, not \(clients)") }
        // Permanent, for the kernel has no room for more than a thousand others.
        try await router.node.shell(
            """
            ip address add \(Self.network).255.1/16 dev br0
            awk 'BEGIN { for (i = 0; i < \(clients); i++)
                printf "neigh add \(Self.network).%d.%d lladdr 02:00:5e:01:%02x:%02x dev br0 nud permanent\\n", i / 250, i % 250 + 1, \
            i / 250, i % 250 }' | ip -batch -
            """)
    }

    /// They have as many sessions each by telkom, all answered, with a packet ten seconds ago.
    package func begin() async throws { try await insert(sessions, by: Addresses.telkom, mark: 1, destination: 1, silentSeconds: 10) }

    /// Each has one answered session by smartfren, as if it had gone on working there.
    package func goOn() async throws { try await insert(clients, by: Addresses.smartfren, mark: 2, destination: 101, silentSeconds: 0) }

    private func insert(_ count: Int, by provider: Provider, mark: Int, destination: Int, silentSeconds: Int) async throws {
        let session =
            "-I -s \(Self.network).%d.%d -d 198.18.0.%d -p tcp --sport %d --dport 443 --state ESTABLISHED -t %d -u SEEN_REPLY,ASSURED "
            + "--src-nat \(provider.address) --mark 0x\(mark)000000"
        try await router.node.shell(
            """
            left=$(($(cat /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established) - \(silentSeconds)))
            awk -v left=$left 'BEGIN { for (i = 0; i < \(count); i++) { c = i % \(clients); \
            printf "\(session)\\n", c / 250, c % 250 + 1, \(destination) + i / 50000, 1024 + i % 50000, left } }' | conntrack -R - >/dev/null
            """)
    }
}

extension Lab {
    package func addCrowd(clients: Int, sessions: Int) async throws -> Crowd {
        let crowd = Crowd(clients: clients, sessions: sessions, router: router)
        try await crowd.settle()
        return crowd
    }
}
