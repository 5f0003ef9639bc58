package import Model

/// The box's packet filter, as far as we use it. Slower than `Kernel` (it may be a child process), so it never stands in a route's way.
package protocol Firewall: AnyObject, Sendable {
    func observe() async throws(FirewallError) -> FirewallObserved
    /// Makes it so, as one transaction: all of it or nothing.
    func apply(_ restore: FirewallRestore) async throws(FirewallError)
}

/// A transaction on the nat table, in the language of `iptables-restore --noflush`.
package struct FirewallRestore: Hashable, Sendable, CustomStringConvertible {
    package var text: String

    package init(text: String) { self.text = text }

    package var description: String { "iptables-restore --noflush -w <<'END'\n\(text)END" }
}

package struct FirewallError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A sentence that an administrator can act on.
    package var description: String

    package init(_ description: String) { self.description = description }
}
