import ControlProtocol

enum SelectionText {
    /// What a switch has come to.
    static func line(_ selection: SelectionStatus, inEffect: Bool) -> String {
        guard let wan = selection.wan else { return say("No WAN is selected: {reason}.", ["reason": tell(selection.reason)]) }
        let arguments = ["wan": wan, "reason": tell(selection.reason)]
        return inEffect ? say("New sessions go by {wan}: {reason}.", arguments) : say("{wan} is selected: {reason}.", arguments)
    }
}
