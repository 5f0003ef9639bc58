/// Something that a person has to read: a command that failed, a condition that never came true. The lab adds the logs of its children.
package struct LabError: Error, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}

/// The daemon isn't there any more: nothing that is waited for from it will come.
package struct DaemonEnded: Error, Sendable, CustomStringConvertible {
    package var description: String
}
