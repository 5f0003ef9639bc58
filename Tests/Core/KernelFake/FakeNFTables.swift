import Model
import Plan

extension FirewallContents {
    /// What `nft -f` makes of a transaction of ours, as it is read again.
    mutating func applyNFTables(_ text: String) {
        var part: String?
        for line in text.split(separator: "\n").map({ $0.drop { $0 == "\t" } }) {
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "delete" where words[1] == "table": self = [:]
            case "delete": self[words[words.count - 1]] = nil
            case "chain", "set", "flowtable":
                part = words[1]
                self[words[1]] = []
            case "type": if let part { self[part]?.append(String(line)) }
            case "devices":
                let quoted = line.split(separator: "\"").map(String.init).enumerated().filter { $0.offset % 2 == 1 }
                if let part { self[part] = quoted.map(\.element) }
            case _ where line.contains(" comment "): if let part { self[part]?.append(String(line.split(separator: "\"").last ?? "")) }
            default: break
            }
        }
    }
}
