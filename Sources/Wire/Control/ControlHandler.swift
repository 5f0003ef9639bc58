package import ControlProtocol

/// What the daemon does for the clients of its control socket. Permissions are checked before any of this is called.
package protocol ControlHandler: Sendable {
    func status() async throws(ControlError) -> Status
    func explanation() async throws(ControlError) -> Explanation
    /// What would happen now if WANs were so: `WAN=STATE` each.
    func explanation(supposing: [String]) async throws(ControlError) -> Explanation
    /// The latest events, oldest first. nil: all that are kept.
    func events(last: Int?) async throws(ControlError) -> [ControlEvent]
    /// nil: of all WANs.
    func quality(of wan: String?) async throws(ControlError) -> [WANQuality]
    /// What became of the probes after that one, up to a limit. nil: from the oldest that is kept.
    func samples(after: Int?) async throws(ControlError) -> SamplesReply
    func clients() async throws(ControlError) -> [ClientStatus]
    /// The latest reports, oldest first. `last` nil: all that are kept.
    func reports(id: String?, last: Int?) async throws(ControlError) -> [SwitchReport]
    /// Takes as long as the answers do. Cancelled when the client has gone.
    func probe(_ wanted: ProbeParameters) async throws(ControlError) -> [ProbeResult]
    /// nil: choose by yourself again.
    func switchTo(wan: String?, force: Bool) async throws(ControlError) -> SelectionStatus
    /// Takes as long as the drill does, and ends it when it is cancelled: the caller has gone. The last step is the answer.
    func drill(_ wanted: DrillParameters, progress: @escaping @Sendable (DrillProgress) -> Void) async throws(ControlError) -> DrillProgress
    /// What has changed, a sentence each.
    func reload() async throws(ControlError) -> [String]
}
