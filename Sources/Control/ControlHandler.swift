package import ControlProtocol

/// What the daemon does for the clients of its control socket. Permissions are checked before any of this is called.
package protocol ControlHandler: Sendable {
    func status() async throws(ControlError) -> Status
    func explanation() async throws(ControlError) -> Explanation
    /// The latest events, oldest first. nil: all that are kept.
    func events(last: Int?) async throws(ControlError) -> [ControlEvent]
    /// nil: of all WANs.
    func quality(of wan: String?) async throws(ControlError) -> [WANQuality]
    /// What became of the probes after that one, up to a limit. nil: from the oldest that is kept.
    func samples(after: Int?) async throws(ControlError) -> SamplesReply
    /// Takes as long as the answers do. Cancelled when the client has gone.
    func probe(_ wanted: ProbeParameters) async throws(ControlError) -> [ProbeResult]
    /// nil: choose by yourself again.
    func switchTo(wan: String?, force: Bool) async throws(ControlError) -> SelectionStatus
    /// What has changed, a sentence each.
    func reload() async throws(ControlError) -> [String]
}
