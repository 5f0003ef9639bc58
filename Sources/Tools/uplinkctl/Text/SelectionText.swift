import ControlProtocol

enum SelectionText {
    /// What a switch has come to.
    static func line(_ selection: SelectionStatus, inEffect: Bool) -> String {
        if let wanted = selection.pinnedTo, wanted != selection.wan {
            let until = selection.wan.map { "until then \($0) is selected" } ?? "no other WAN can be used"
            return "\(wanted) is chosen, and carries as soon as it can be used; \(until). `uplinkctl switch auto` gives the choice back."
        }
        guard let wan = selection.wan else { return "No WAN is selected: \(selection.reason)." }
        return inEffect ? "New sessions go by \(wan): \(selection.reason)." : "\(wan) is selected: \(selection.reason)."
    }
}
