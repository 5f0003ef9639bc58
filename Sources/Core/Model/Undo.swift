/// What was there before we changed it: written down before the change is made, so that `uplinkctl teardown` can put it back
/// even after a crash.
package struct Undo: Equatable, Sendable, Codable {
    package var settings: [InterfaceName: [DeviceSetting: Int]]
    /// Foreign default routes as they were before we moved them behind ours.
    package var displaced: [Route]

    package init(settings: [InterfaceName: [DeviceSetting: Int]] = [:], displaced: [Route] = []) {
        self.settings = settings
        self.displaced = displaced
    }
}
