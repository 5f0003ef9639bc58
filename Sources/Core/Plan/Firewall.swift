package import Model

/// The box's packet filter, as far as we use it. Slower than `Kernel` (it may be a child process), so it never stands in a route's way.
package protocol Firewall: AnyObject, Sendable {
    /// What it is: `nft` and `legacy` for the variants of iptables, `nftables`. Two of the same kind see the same rules.
    var kind: String { get }
    /// Changes are told by the kernel; otherwise they have to be looked for every few seconds.
    var sendsNotices: Bool { get }
    var places: [FirewallPlace] { get }
    func observe(_ place: FirewallPlace) async throws(FirewallError) -> FirewallContents
    /// Makes it so, as one transaction: all of it or nothing.
    func apply(_ restore: FirewallRestore) async throws(FirewallError)
}

/// A transaction on one place, in the language of the program that takes it.
package struct FirewallRestore: Hashable, Sendable, CustomStringConvertible {
    package var place: FirewallPlace
    package var text: String

    package init(_ place: FirewallPlace, text: String) {
        self.place = place
        self.text = text
    }

    package var description: String { "\(place.restore) <<'END'\n\(text)END" }

    /// What makes the place hold what we want of it; nil if it does already.
    /// - Parameter desired: nil to take all of ours back.
    package init?(_ place: FirewallPlace, desired: FirewallDesired?, observed: FirewallContents) {
        let desired = desired.flatMap { $0.isWanted(in: place) ? $0 : nil }
        guard let text = place.plan?.text(place, desired, observed) else { return nil }
        self.init(place, text: text)
    }
}

extension Firewall {
    /// Removes all of ours from this place. What was done, if anything was.
    @discardableResult
    package func takeBack(_ place: FirewallPlace, isDryRun: Bool = false) async throws(FirewallError) -> FirewallRestore? {
        guard let restore = FirewallRestore(place, desired: nil, observed: try await observe(place)) else { return nil }
        if !isDryRun { try await apply(restore) }
        return restore
    }
}

package struct FirewallError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A sentence that an administrator can act on.
    package var description: String

    package init(_ description: String) { self.description = description }
}
