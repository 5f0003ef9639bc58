internal import Glibc

/// What labs leave behind when their process is killed: namespaces and folders that carry its number.
package enum Cleanup {
    /// Removes what belongs to processes that are gone, and says what that was. A lab whose process lives is left alone.
    package static func removeLeftovers() async throws -> [String] {
        let dead = try await namespaces().filter { name in owner(ofNamespace: name).map { !isAlive($0) } ?? false }
        if !dead.isEmpty { try await Command.script(Topology.removalScript(dead)) }
        var removed = dead
        if access(Lab.runFolder, F_OK) == 0 {
            for name in try await Command.run(["ls", Lab.runFolder]).split(separator: "\n") {
                guard let owner = Int32(name), !isAlive(owner) else { continue }
                try await Command.run(["rm", "-r", "\(Lab.runFolder)/\(name)"])
                removed.append("\(Lab.runFolder)/\(name)")
            }
        }
        return removed
    }

    /// Every namespace that has a name.
    package static func namespaces() async throws -> [String] {
        try await Command.run(["ip", "netns", "list"]).split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    /// `ul123-1-router` → 123; nil for a name that isn't one of ours.
    package static func owner(ofNamespace name: String) -> Int32? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasPrefix("ul"), Int(parts[1]) != nil, let owner = Int32(parts[0].dropFirst(2)), owner > 0
        else { return nil }
        return owner
    }

    private static func isAlive(_ processIdentifier: Int32) -> Bool {
        // EPERM: it lives, and isn't ours.
        kill(processIdentifier, 0) == 0 || errno == EPERM
    }
}
