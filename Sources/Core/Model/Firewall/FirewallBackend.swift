/// What keeps masquerade and marks. Who needs to know something of one asks its plan, and asks for none by its name: a new one is a case here, its plan
/// beside this file, and the program that carries it out (LinuxKernel).
package enum FirewallBackend: String, CaseIterable, Sendable, Codable {
    case iptables, nftables

    package var plan: any FirewallPlan.Type {
        switch self {
        case .iptables: IPTablesPlan.self
        case .nftables: NFTablesPlan.self
        }
    }
}

/// A back end as far as it is values: where it has something of ours, and in which words.
package protocol FirewallPlan {
    /// In the order in which they are seen to: a client without NAT is offline.
    static var places: [FirewallPlace] { get }
    /// The transaction that makes the place hold what we want of it; nil if it does already.
    /// - Parameter desired: nil for nothing.
    static func text(_ place: FirewallPlace, _ desired: FirewallDesired?, _ observed: FirewallContents) -> String?
    /// What stands there gives every session its address, whatever becomes of a drill's rules.
    static func masquerades(_ place: FirewallPlace, _ desired: FirewallDesired, _ observed: FirewallContents) -> Bool
    /// What makes the box reset, for so many seconds from then on, what clients send in sessions that were moved: transactions, and where.
    static func telling(_ sessions: [MovedSession], _ desired: FirewallDesired, from start: Int64, seconds: Int64) -> [(
        FirewallPlace, String
    )]
    /// And what ends that before its time.
    static func toldAll(_ desired: FirewallDesired) -> [(FirewallPlace, String)]
    /// The same without what a drill puts there.
    static func withoutDrill(_ contents: FirewallContents) -> FirewallContents
}

/// A table of the packet filter that holds something of ours, with all that is to be known of it above its back end.
package struct FirewallPlace: Sendable {
    /// In recordings.
    package let name: String
    /// As its program and the kernel's notices call it.
    package let table: String
    /// nil: both.
    package let family: IPFamily?
    package let holdsNAT: Bool
    /// Of sessions and packets; and so the rules of a drill, which see every packet.
    package let holdsMarks: Bool
    /// What conntrack has no session for ends here: NAT never sees it, and it would leave with its source on the LAN.
    package let holdsRefusal: Bool
    /// Sessions that are established go past all the rest: nobody misses it where it isn't.
    package let holdsFastPath: Bool
    /// The command that shows it, and the one that takes a transaction.
    package let look: String
    package let restore: String

    package var isIPv6: Bool { family == .v6 }

    private static let all: [FirewallPlace] = FirewallBackend.allCases.flatMap { $0.plan.places }
    /// Whose it is.
    package var plan: (any FirewallPlan.Type)? { FirewallBackend.allCases.first { $0.plan.places.contains(self) }?.plan }
    /// As the kernel's notices tell of it.
    package static func named(_ table: String, of family: IPFamily?) -> FirewallPlace? {
        all.first { $0.table == table && $0.family == family }
    }
}

extension FirewallPlace: Hashable, Comparable, CaseIterable, TextCodable {
    package static var allCases: [FirewallPlace] { all }
    package var description: String { name }

    package init?(_ text: String) {
        guard let place = Self.all.first(where: { $0.name == text }) else { return nil }
        self = place
    }

    package static func == (a: Self, b: Self) -> Bool { a.name == b.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
    package static func < (a: Self, b: Self) -> Bool { all.firstIndex(of: a) ?? 0 < all.firstIndex(of: b) ?? 0 }
}

/// What a place holds of ours: chains by their names, each with its rules.
///
/// Of iptables: our chains in the form of `iptables -S` less `-A CHAIN `, and of the kernel's own chains those that jump to one of ours, with the
/// jumps, and an empty text for whatever of others stands before, between and after them. Of nftables: every chain of our table, with
/// its hook and the comments of its rules.
package typealias FirewallContents = [String: [String]]
