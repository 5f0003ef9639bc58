package import Model

/// Whom the LAN's names are asked of: the resolvers of the WAN that carries, and no others.
///
/// dnsmasq keeps a question that is under way for as long as the list has the same number of servers: it then asks whoever stands in the same place. So a
/// shorter list is filled up to the longest one's length, by its own servers once more.
package struct ResolverList: Equatable, Sendable {
    package struct WAN: Equatable, Sendable {
        package var name: String
        package var resolvers: [IPAddress]

        package init(name: String, resolvers: [IPAddress]) {
            self.name = name
            self.resolvers = resolvers
        }
    }

    package var servers: [IPAddress]

    /// Where a WAN's own aren't known: its addresses are static, or its DHCP client keeps them to itself. Cloudflare's and Quad9's.
    package static let standard = ["1.1.1.1", "9.9.9.9"].compactMap { IPAddress($0) }

    /// - Parameters:
    ///   - carrying: the WAN that new sessions leave by. nil: none does, or it isn't known which.
    ///   - given: what the configuration has: then no WAN's own are asked.
    package init(carrying: String?, wans: [WAN], given: [IPAddress]?) {
        if let given {
            servers = given
            return
        }
        let lists = wans.map { $0.resolvers.isEmpty ? Self.standard : $0.resolvers }
        let length = lists.map(\.count).max() ?? Self.standard.count
        let list = wans.firstIndex { $0.name == carrying }.map { lists[$0] } ?? Self.standard
        servers = (0..<max(length, list.count)).map { list[$0 % list.count] }
    }

    /// resolv.conf(5).
    package var text: String { servers.map { "nameserver \($0)\n" }.joined() }
}
