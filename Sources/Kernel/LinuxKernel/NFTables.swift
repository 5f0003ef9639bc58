package import Model
package import Plan
internal import Subprocess
internal import Survey

/// The firewall by `nft`: a table of our own in which nobody else has anything to do.
package final class NFTables: FirewallProgram {
    package let kind = "nftables"
    package let sendsNotices = true
    package let places = FirewallBackend.nftables.plan.places
    var variant: String? { nil }
    private let nft: Executable
    private static let limit: Duration = .seconds(5)

    private init(nft: Executable) { self.nft = nft }

    /// `path` and `systemPath`: as for `IPTables.find`.
    package static func find(path: String? = nil, systemPath: String? = nil) async throws(FirewallError) -> NFTables {
        NFTables(
            nft: try await FirewallChild.locate(
                "nft", in: FirewallChild.searched(path, systemPath), "install the package nftables, or set `firewall: iptables`"))
    }

    static func find(for choice: FirewallChoice) async throws(FirewallError) -> NFTables { try await find() }

    /// Without nft there was nothing that could have made a table.
    static func remains() async -> [Result<FirewallRemains, FirewallError>] {
        guard let nft = try? await find() else { return [] }
        return [.success((nft, nft.places))]
    }

    package func observe(_ place: FirewallPlace) async throws(FirewallError) -> FirewallContents {
        let text: String
        do {
            // -y: priorities as numbers; their names differ between the versions. -t: without the elements of sets, which come and go.
            text = try await FirewallChild.run(nft, ["-y", "-t", "list", "table", "inet", place.table], limit: Self.limit)
        } catch  where error.description.contains("No such file or directory") {
            return [:]
        }
        return try NFTablesList.parse(text)
    }

    /// What the kernel says to a flowtable that it has no code for, or an interface that it doesn't know, by the time that it hears of it.
    private static let meansMissing = ["No such file or directory", "Operation not supported"]

    package func apply(_ restore: FirewallRestore) async throws(FirewallError) {
        do throws(FirewallError) {
            _ = try await FirewallChild.run(nft, ["-f", "-"], input: restore.text, limit: Self.limit)
        } catch  where restore.place.holdsFastPath && Self.meansMissing.contains(where: error.description.contains) {
            throw FirewallError(
                "this kernel has no flowtable (modules nf_flow_table, nf_flow_table_inet and nft_flow_offload), or not for one of these "
                    + "interfaces; set `fastpath: off` if it stays so (\(error))")
        }
    }
}

/// What `nft list table` prints of our table: of each chain its hook, and of each rule its comment.
package enum NFTablesList {
    package static func parse(_ text: String) throws(FirewallError) -> FirewallContents {
        var contents: FirewallContents = [:]
        var chain: String?
        var isSet = false
        var isFlowtable = false
        var isClosed = false
        for line in ListedLine.all(in: text, .nftables) {
            let words = line.words
            if words[0] == "table" || line.text.hasPrefix("#") {
                continue
            } else if words == ["}"] {
                if chain == nil { isClosed = true }
                chain = nil
            } else if words.count == 3, words[0] == "chain", words[2] == "{" {
                chain = String(words[1])
                contents[String(words[1])] = []
                (isSet, isFlowtable) = (false, false)
            } else if words.count == 3, words[0] == "flowtable", words[2] == "{" {
                chain = String(words[1])
                contents[String(words[1])] = []
                (isSet, isFlowtable) = (false, true)
            } else if words.count == 3, words[0] == "set", words[2] == "{" {
                chain = String(words[1])
                contents[String(words[1])] = []
                (isSet, isFlowtable) = (true, false)
            } else if let chain, isFlowtable {
                // `devices = { eth0, "usb0" }`, in the order that the kernel has them.
                if words[0] == "devices" {
                    contents[chain] = words.dropFirst(3).dropLast().map { device in
                        String((device.hasSuffix(",") ? device.dropLast() : device).unquoted)
                    }.filter { !$0.isEmpty }.sorted()
                }
            } else if let chain, isSet {
                if words[0] == "type" { contents[chain]?.append(String(line.text)) }
            } else if let chain {
                contents[chain]?.append(words[0] == "type" ? String(line.text) : comment(of: line))
            } else {
                // Something that we never put there: `flags dormant`, say, which stops the whole table.
                contents["", default: []].append(String(line.text))
            }
        }
        guard isClosed else { throw FirewallError("nft stopped in the middle of table inet \(Territory.nftTable)") }
        return contents
    }

    /// `… comment "uplinkd 1a2b"`; a rule without one is told by its text, and so is somebody else's.
    private static func comment(of rule: ListedLine) -> String {
        guard let last = rule.words.last, last.isQuoted, rule.words.dropLast().last == "comment" else { return String(rule.text) }
        return String(last.unquoted)
    }
}
