/// What a provider got from its customer with a source that isn't his: nobody can answer it, and it tells the provider what the customer's LAN is like.
package struct ForeignSources: Sendable, CustomStringConvertible {
    package let packets: Int
    /// Beside those, with the address that the box itself has by the other WAN.
    package let ofBox: Int
    /// `192.168.88.11 . 198.51.100.10 . tcp`, some of them.
    let examples: [String]

    package var description: String { "\(packets) packets with a foreign source: \(examples.joined(separator: ", "))" }

    /// Before any rule of a fault's. A DHCP client has no address yet, and what speaks to the cable alone has one of its own.
    static func rules(_ provider: Provider) -> String {
        // The box's address by another WAN, which is what it answers from where a session of that WAN is gone.
        let others = [Addresses.telkom, Addresses.smartfren].filter { $0.name != provider.name }
        let (boxes, boxes6) = (others.map(\.address).joined(separator: ", "), others.map(\.address6).joined(separator: ", "))
        func family(_ ip: String, own: String) -> (set: String, rule: String) {
            let type = ip == "ip" ? "ipv4_addr" : "ipv6_addr"
            return (
                "set \(ip)_seen { type \(type) . \(type) . inet_proto; flags dynamic; size 16; }",
                "iifname \"wan\" \(ip) saddr != { \(own) } counter add @\(ip)_seen { \(ip) saddr . \(ip) daddr . meta l4proto }"
            )
        }
        let families = [
            family("ip", own: "\(provider.prefix), 0.0.0.0"), family("ip6", own: "\(provider.customer6), fe80::/10, ::"),
        ]
        let rules = families.map { "        \($0.rule)\n" }.joined()
        return """
            table inet foreign {
                counter box { packets 0 bytes 0 }
            \(families.map { "    \($0.set)\n" }.joined())
                chain customer {
                    type filter hook prerouting priority -450;
                    iifname "wan" ip saddr { \(boxes) } counter name "box" accept
                    iifname "wan" ip6 saddr { \(boxes6) } counter name "box" accept
            \(rules)    }
            }

            """
    }

    /// Pure: what `nft list table inet foreign` prints.
    init(_ text: String) throws {
        var packets: [Int] = []
        var examples: [String] = []
        var isInElements = false
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if let place = words.firstIndex(of: "packets"), place + 1 < words.count, let count = Int(words[place + 1]) {
                packets.append(count)
            }
            if line.contains("elements = {") { isInElements = true }
            if isInElements { examples.append(line.trimmed(of: "elements={}, \t")) }
            if line.contains("}") { isInElements = false }
        }
        // The named one comes first.
        guard packets.count == 3 else { throw LabError("no counters of foreign sources:\n\(text)") }
        ofBox = packets.removeFirst()
        self.packets = packets.reduce(0, +)
        self.examples = examples
    }
}

extension Substring {
    fileprivate func trimmed(of characters: String) -> String {
        var text = drop { characters.contains($0) }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return String(text)
    }
}

extension ISP {
    package func foreignSources() async throws -> ForeignSources {
        try ForeignSources(try await node.run(["nft", "list", "table", "inet", "foreign"]))
    }
}

extension Lab {
    /// Nothing has left the router by a WAN with a source that isn't that WAN's.
    func checkSources() async throws {
        for isp in [telkom, smartfren] {
            let foreign = try await isp.foreignSources()
            try require("nothing reaches \(isp.provider.name) un-NATed, and there were \(foreign)", foreign.packets == 0)
            try require(
                "nothing reaches \(isp.provider.name) with the box's address by the other WAN, and there were \(foreign.ofBox) packets",
                foreign.ofBox == 0 || !keepsBoxToItsWANs)
        }
    }
}
