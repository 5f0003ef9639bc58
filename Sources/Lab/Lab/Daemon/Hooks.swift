extension Lab {
    /// The service that runs hooks, as it would run beside the daemon on a box; the daemon need not be there yet. `scripts`: for sh, by name.
    /// They find the lab's folder in `$LAB`.
    @discardableResult
    package func startHooks(_ scripts: [String: String]) async throws -> Child {
        let hooks = "\(folder)/hooks.d"
        try await Command.run(["mkdir", "-p", hooks])
        for (name, script) in scripts {
            try await Command.run(["tee", "\(hooks)/\(name)"], input: "#!/bin/sh\nLAB=\(folder)\n\(script)\n")
            try await Command.run(["chmod", "755", "\(hooks)/\(name)"])
        }
        return try await router.node.start(
            "uplinkd-hooks",
            ["\(programs.uplinkd)-hooks", "--control", "\(folder)/control", "--hooks", hooks, "--state", "\(folder)/hooks.marks"])
    }

    /// The lines that a hook has written to a file in the lab's folder.
    package func hookLines(_ file: String) async throws -> [String] {
        try await Command.script("cat \(folder)/\(file) 2>/dev/null || true").split(separator: "\n").map(String.init)
    }
}
