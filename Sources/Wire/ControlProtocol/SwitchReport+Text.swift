extension SwitchReport {
    /// `37 of 37 clients backed up, median 0.4 s, slowest 0.9 s.`
    package var headline: String {
        guard clientsBefore > 0 else {
            return from.map { "No client had an active session by \($0)." } ?? "No client had an active session."
        }
        var parts = ["\(backedUp) of \(clientsBefore) \(clientsBefore == 1 ? "client" : "clients") backed up"]
        if let medianMilliseconds { parts.append("median \(Self.shortTime(medianMilliseconds))") }
        if let slowestMilliseconds { parts.append("slowest \(Self.shortTime(slowestMilliseconds))") }
        if staying > 0 { parts.append("\(staying) \(staying == 1 ? "stays" : "stay") on \(from ?? "the WAN before")") }
        if broken > 0 { parts.append("\(broken) broken") }
        if idle > 0 { parts.append("\(idle) idle") }
        if gone > 0 { parts.append("\(gone) gone") }
        return parts.joined(separator: ", ") + (finished ? "." : ", so far.")
    }

    /// `0.4 s`; `12 ms` where a tenth of a second says too little.
    package static func shortTime(_ milliseconds: Double) -> String {
        guard milliseconds.isFinite, milliseconds.magnitude < 1e12 else { return "?" }
        if milliseconds < 99.5 { return "\(Int(milliseconds.rounded())) ms" }
        let tenths = Int((milliseconds / 100).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
