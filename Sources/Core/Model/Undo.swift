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

    /// An interface has another name: what is written down of it is so under that.
    package func renamed(_ names: [InterfaceName: InterfaceName]) -> Undo {
        var undo = self
        // One that only takes the name of another is a stranger to what is written down under that.
        for (old, new) in names where names[new] == nil {
            undo.settings[new] = nil; undo.displaced.removeAll { $0.interface == new && new != old }
        }
        undo.settings = Dictionary(undo.settings.map { (names[$0.key] ?? $0.key, $0.value) }) { first, _ in first }
        for index in undo.displaced.indices {
            if let name = names[undo.displaced[index].interface] { undo.displaced[index].interface = name }
        }
        return undo
    }
}
