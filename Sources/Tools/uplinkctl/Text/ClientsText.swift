import ControlProtocol

/// A line for each client and WAN, and what they come to.
enum ClientsText {
    static func lines(_ clients: [ClientStatus]) -> [String] {
        guard !clients.isEmpty else { return [say("No client is known: nobody is in the neighbour table of the LAN's interfaces.")] }
        let header = [say("CLIENT"), say("ADDRESS"), "MAC", say("SEEN"), "WAN", say("SESSIONS"), say("ANSWERED"), "BYTES"]
        var rows = [header]
        for client in clients {
            let who = [client.name ?? "-", address(client), client.mac ?? "-", word(client.neighbour, "neighbour")]
            if client.shares.isEmpty { rows.append(who + ["-", "0", "0", "-"]) }
            for (index, share) in client.shares.enumerated() {
                // One client is one block: what is the same isn't repeated.
                rows.append(
                    (index == 0 ? who : ["", "", "", ""]) + [
                        share.wan ?? say("none"), "\(share.sessions)", "\(share.answered)", share.bytes.map(sizeText) ?? "-",
                    ])
            }
        }
        return tableLines(rows) + ["", totals(clients)]
    }

    private static func address(_ client: ClientStatus) -> String {
        guard let first = client.addresses.first else { return "-" }
        return client.addresses.count == 1 ? first : "\(first) +\(client.addresses.count - 1)"
    }

    /// `37 clients, 35 of them with sessions: 412 by telkom, 3 by smartfren.`
    static func totals(_ clients: [ClientStatus]) -> String {
        var sums: [(wan: String, sessions: Int)] = []
        for share in clients.flatMap(\.shares) {
            let wan = share.wan ?? "none"
            if let index = sums.firstIndex(where: { $0.wan == wan }) {
                sums[index].sessions += share.sessions
            } else {
                sums.append((wan, share.sessions))
            }
        }
        let hosts = count(clients.count, "client")
        guard !sums.isEmpty else { return say("{clients}, none of them with a session.", ["clients": hosts]) }
        let busy = clients.count { !$0.shares.isEmpty }
        let parts = sums.map {
            say("{sessions} by {wan}", ["sessions": $0.sessions, "wan": $0.wan == "none" ? say("none of the WANs") : $0.wan])
        }
        return say(
            "{clients}, {busy} of them with sessions: {list}.", ["clients": hosts, "busy": busy, "list": parts.joined(separator: ", ")])
    }
}
