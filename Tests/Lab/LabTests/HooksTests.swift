import Lab
import Testing

extension BesideOthers {
    @Suite("hooks in the lab")
    struct HooksTests {
        @Test("a failover runs the hooks, with every event of the daemon's exactly once; one that hangs holds nothing up")
        func failover() async throws {
            try await Lab.with { lab in
                let hooks = try await lab.startHooks([
                    "hangs": "while [ -d $LAB ] && [ ! -e $LAB/go ]; do sleep 0.1; done",
                    "note": """
                    cat >> $LAB/events
                    [ "$UPLINKD_EVENT_KIND" != selection ] || echo "$UPLINKD_DETAIL_FROM $UPLINKD_DETAIL_TO" >> $LAB/switches
                    """,
                ])
                // As the service's readiness sees to it on a box: what the daemon does from then on is all new.
                try await lab.eventually("they look for the daemon") { hooks.errors.contains("Trying again.") }
                let daemon = try await lab.startDaemon(.office())
                try await lab.ready(daemon)
                try await lab.telkom.cutCable()
                try await lab.selects(Addresses.smartfren, daemon)
                try await lab.carries(Addresses.smartfren)
                try await lab.eventually("the hook has heard of the switch") {
                    try await lab.hookLines("switches").last == "telkom smartfren"
                }
                try await sameEvents(lab, daemon)

                // A service that is killed runs nothing twice, and what has happened meanwhile is caught up.
                try await hooks.kill9()
                try await lab.telkom.plugCable()
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.startHooks([:])
                try await lab.eventually("the hook has heard of the way back") {
                    try await lab.hookLines("switches").last == "smartfren telkom"
                }
                try await sameEvents(lab, daemon)
                try await lab.router.node.shell("touch \(lab.folder)/go")
            }
        }

        /// What the hook got and what the daemon tells are the same, to the letter.
        private func sameEvents(_ lab: Lab, _ daemon: Daemon) async throws {
            try await lab.eventually("the hook has had all events") {
                let told = try await daemon.control(["events", "--json"]).split(separator: "\n").map(String.init)
                return try await lab.hookLines("events") == told
            }
        }
    }
}
