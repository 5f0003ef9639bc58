package import Model

extension FirewallRestore {
    /// The transaction that makes the nat table hold what we want of it; nil if it does already.
    ///
    /// The jump stands at the end of POSTROUTING: an exception that the administrator made there (no NAT for a tunnel, say) comes first.
    package init?(desired: FirewallDesired?, observed: FirewallObserved) {
        let chain = Territory.natChain
        let rules = desired?.masquerade.map { "-o \($0) -j MASQUERADE" }
        guard observed.rules != rules || observed.jumps != (desired == nil ? 0 : 1) else { return nil }
        var lines = ["*nat"]
        if observed.rules != nil || rules != nil {
            // Declares the chain and empties it if it is there: `--noflush` spares only the chains that aren't named.
            lines.append(":\(chain) - [0:0]")
        }
        // Down to none where nothing is wanted, and to the last of several otherwise.
        let surplus = rules == nil ? observed.jumps : max(observed.jumps - 1, 0)
        lines += Array(repeating: "-D POSTROUTING -j \(chain)", count: surplus)
        lines += (rules ?? []).map { "-A \(chain) \($0)" }
        if rules != nil, observed.jumps == 0 { lines.append("-A POSTROUTING -j \(chain)") }
        if rules == nil, observed.rules != nil { lines.append("-X \(chain)") }
        lines.append("COMMIT")
        self.init(text: lines.joined(separator: "\n") + "\n")
    }
}
