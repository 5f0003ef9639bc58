/// Which WANs were dead when it was last looked, for the start after a reboot: of that the kernel knows nothing any more. They are taken to be down until they
/// have proven themselves, as those are whose routes an earlier run left demoted; they are asked at once, and used all the same where no other works.
package struct Presumption: Equatable, Sendable, Codable {
    package struct Verdict: Hashable, Sendable, Codable {
        package var wan: WANName
        /// In the words of the configuration: with another interface it is another line.
        package var meaning: String
        package var families: [IPFamily]

        package init(wan: WANName, meaning: String, families: [IPFamily]) {
            self.wan = wan
            self.meaning = meaning
            self.families = families
        }
    }

    package var down: [Verdict]

    package init(down: [Verdict] = []) { self.down = down }

    package func isDown(_ wan: WANSettings, _ family: IPFamily) -> Bool {
        down.contains { $0.wan == wan.name && $0.meaning == wan.meaning && $0.families.contains(family) }
    }
}
