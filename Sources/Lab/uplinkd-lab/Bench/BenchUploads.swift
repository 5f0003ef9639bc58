import Lab

/// Somebody uploads by a line with a queue.
private struct UploadCase: Sendable {
    var uploads: Int
    var kilobits: Int
    var queue: Int
    /// telkom, or smartfren, which is metered then.
    var isByBackup = false
    /// The other WAN can't take over.
    var isAlone = false

    var name: String {
        "\(uploads == 1 ? "1 upload" : "\(uploads) uploads"), \(kilobits / 1000) Mbit/s, \(queue) packets"
            + (isByBackup ? ", by the metered smartfren" : "") + (isAlone ? ", the other WAN silent" : "")
    }
}

extension Series {
    /// A full uplink isn't a dead one: nobody moves, and little is told. And one that was full and dies is found.
    /// - Parameter most: so many cases, the gravest first.
    func uploads(minutes: Double, most: Int) async throws {
        var cases = [false, true].flatMap { isAlone in
            [false, true].map { UploadCase(uploads: 1, kilobits: 1000, queue: 1000, isByBackup: $0, isAlone: isAlone) }
        }
        for kilobits in [1000, 10_000] {
            for uploads in [1, 4] {
                for queue in [100, 300, 1000] where (kilobits, uploads, queue) != (1000, 1, 1000) {
                    cases.append(UploadCase(uploads: uploads, kilobits: kilobits, queue: queue))
                }
            }
        }
        printLine("Uploads for \(rounded(minutes)) minutes each, default configuration, and then the line dies:")
        let time = Duration.milliseconds(Int64(minutes * 60_000))
        try await withThrowingTaskGroup(of: String.self) { group in
            for (index, one) in cases.prefix(most).enumerated() {
                if index >= 4, let line = try await group.next() { printLine(line) }
                group.addTask { try await upload(one, for: time) }
            }
            for try await line in group { printLine(line) }
        }
    }

    private func upload(_ one: UploadCase, for time: Duration) async throws -> String {
        try await Lab.with(options: options) { lab in
            let provider = one.isByBackup ? Addresses.smartfren : Addresses.telkom
            let (carrier, other) = one.isByBackup ? (lab.smartfren, lab.telkom) : (lab.telkom, lab.smartfren)
            let daemon = try await lab.startDaemon(.office(hold: nil, metered: one.isByBackup))
            try await lab.ready(daemon)
            if one.isByBackup { try await daemon.control(["switch", provider.name]) }
            if one.isAlone {
                try await other.silenceUpstream()
                try await lab.eventually("the other WAN is down") {
                    try await daemon.status().wans.contains { $0.name != provider.name && $0.health == "down" }
                }
            }
            try await carrier.limitUplink(kilobits: one.kilobits, queue: one.queue)
            let before = try await daemon.events()
            let switches = try await daemon.status().counters?["switches"] ?? 0
            let upload = try await lab.client.path().uploads(one.uploads)
            try await Task.sleep(for: time)
            let moved = (try await daemon.status().counters?["switches"] ?? 0) - switches
            let told = try await daemon.events().dropFirst(before.count)
            let isInUse = try await daemon.status().selection.wan == provider.name
            var death = ""
            if !one.isAlone, isInUse {
                let interface = try await lab.router.interfaceIndex(provider.interface)
                let watch = try await lab.router.watchRoutes()
                let fault = try await carrier.silenceUpstream()
                let left = try await lab.left(interface, after: fault.began, watch)
                death = "; found dead after \(rounded((left - fault.began).milliseconds / 1000, places: 2)) s, aim 2 s"
            }
            let report = try await upload.stop()
            let isReached = moved == 0 && isInUse && told.count <= 6
            return
                "  \(one.name): \(moved) switches, \(told.count) events\(isReached ? "" : "; aim 0 and 6: MISSED")\(death) "
                + "(\(rounded(report.kilobits(in: time), places: 0)) kbit/s, round trips up to "
                + "\(rounded(report.longestRoundTripMilliseconds / 1000)) s)" + told.prefix(12).map { "\n      \($0.message)" }.joined()
        }
    }
}
