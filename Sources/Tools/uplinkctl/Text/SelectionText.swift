import ControlProtocol

enum SelectionText {
    /// What a switch has come to.
    static func line(_ selection: SelectionStatus, inEffect: Bool) -> String {
        guard let wan = selection.wan else { return "No WAN is selected: \(selection.reason)." }
        return inEffect ? "New sessions go by \(wan): \(selection.reason)." : "\(wan) is selected: \(selection.reason)."
    }
}
