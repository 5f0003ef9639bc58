package import Model
package import Plan

/// A firewall in memory, for tests: what iptables-restore does, as far as we use it.
package actor FakeFirewall: Firewall {
    package nonisolated let kind: String
    package nonisolated let sendsNotices: Bool
    package nonisolated let places: [FirewallPlace] = FirewallBackend.iptables.plan.places
    package private(set) var contents: [FirewallPlace: FirewallContents] = [:]
    /// Orders are refused with it.
    package var problem: FirewallError?

    package init(kind: String, sendsNotices: Bool = true) {
        self.kind = kind
        self.sendsNotices = sendsNotices
    }

    package func refuse(with problem: FirewallError?) { self.problem = problem }

    /// Somebody else's doing.
    package func flush(_ place: FirewallPlace) { contents[place] = nil }

    package func observe(_ place: FirewallPlace) throws(FirewallError) -> FirewallContents {
        if let problem { throw problem }
        return contents[place] ?? [:]
    }

    package func apply(_ restore: FirewallRestore) throws(FirewallError) {
        if let problem { throw problem }
        contents.apply(restore)
    }
}

extension [FirewallPlace: FirewallContents] {
    package mutating func apply(_ restore: FirewallRestore) {
        var contents = self[restore.place] ?? [:]
        guard restore.place.family != nil else {
            contents.applyNFTables(restore.text)
            self[restore.place] = contents
            return
        }
        for line in restore.text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            switch words[0].prefix(2) {
            case "-A": contents[words[1], default: []].append(words[2])
            case "-I": contents[words[1], default: []].insert(words[2], at: 0)
            case "-D":
                if let index = contents[words[1]]?.firstIndex(of: words[2]) { contents[words[1]]?.remove(at: index) }
                if contents[words[1]]?.isEmpty == true { contents[words[1]] = nil }
            case "-X": contents[words[1]] = nil
            case let word where word.first == ":": contents[String(words[0].dropFirst())] = []
            default: break
            }
        }
        self[restore.place] = contents
    }
}
