import ControlProtocol

enum SelectionText {
    /// What a switch has come to.
    static func line(_ selection: SelectionStatus, inEffect: Bool) -> String {
        if let wanted = selection.pinnedTo, wanted != selection.wan {
            guard let wan = selection.wan else {
                return say("{wanted} is chosen, and carries as soon as it can be used; no other WAN can.", ["wanted": wanted])
            }
            return say(
                "{wanted} is chosen, and carries as soon as it can be used; until then {wan} is selected.", ["wanted": wanted, "wan": wan])
        }
        guard let wan = selection.wan else { return say("No WAN is selected: {reason}.", ["reason": tell(selection.reason)]) }
        let arguments = ["wan": wan, "reason": tell(selection.reason)]
        return inEffect ? say("New sessions go by {wan}: {reason}.", arguments) : say("{wan} is selected: {reason}.", arguments)
    }
}
