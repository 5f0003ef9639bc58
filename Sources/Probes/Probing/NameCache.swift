import Model

/// The addresses of hosts, as each WAN's resolver gave them. Pure.
struct NameCache {
    /// What a resolver says may be kept for longer than that: an hour.
    static let longest = Duration.seconds(3600)
    private static let limit = 256

    struct Key: Hashable {
        var wan: WANName
        var host: String
        var resolver: IPAddress
        var family: IPFamily
    }

    private struct Entry {
        var address: IPAddress
        var freshUntil: Instant
    }

    private var entries: [Key: Entry] = [:]

    /// Also an old one: better than none, while the resolver is silent.
    func address(for key: Key, at now: Instant) -> (address: IPAddress, isFresh: Bool)? {
        entries[key].map { ($0.address, now < $0.freshUntil) }
    }

    mutating func keep(_ address: IPAddress, for key: Key, seconds: UInt32, at now: Instant) {
        // Only a configuration that changes all day gets here.
        if entries.count >= Self.limit, entries[key] == nil { entries = [:] }
        entries[key] = Entry(address: address, freshUntil: now + min(.seconds(Int64(seconds)), Self.longest))
    }
}
