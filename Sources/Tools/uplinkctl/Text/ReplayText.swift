import ControlProtocol
import Model
import Simulation

/// What one configuration would have done.
struct ReplayResult: Encodable, Equatable {
    struct Switch: Encodable, Equatable {
        var time: String
        var from: String
        var to: String
    }

    struct WAN: Encodable, Equatable {
        var wan: String
        /// New sessions went by it.
        var carriedSeconds: Double
        var probes: Int
        var probeBytes: Int

        enum CodingKeys: String, CodingKey {
            case wan, probes
            case carriedSeconds = "carried_seconds"
            case probeBytes = "probe_bytes"
        }
    }

    var file: String
    var failovers: Int
    var failbacks: Int
    var offlineSeconds: Double
    var unavoidableSeconds: Double
    var meteredSeconds: Double
    var probeBytes: Int
    var damagedBlocks: Int
    var wans: [WAN]
    var switches: [Switch]

    init(_ file: String, _ replay: Replay) {
        self.file = file
        failovers = replay.failovers
        failbacks = replay.failbacks
        offlineSeconds = Double(replay.offline) / 1000
        unavoidableSeconds = Double(replay.unavoidable) / 1000
        meteredSeconds = Double(replay.onMetered) / 1000
        probeBytes = replay.bytes
        damagedBlocks = replay.damagedBlocks
        wans = replay.wans.map {
            WAN(wan: $0.name.description, carriedSeconds: Double($0.carried) / 1000, probes: $0.probes, probeBytes: $0.bytes)
        }
        switches = replay.switches.map {
            Switch(time: wireTime(milliseconds: $0.at), from: $0.from.description, to: $0.to.description)
        }
    }

    enum CodingKeys: String, CodingKey {
        case file, failovers, failbacks, wans, switches
        case offlineSeconds = "offline_seconds"
        case unavoidableSeconds = "unavoidable_seconds"
        case meteredSeconds = "metered_seconds"
        case probeBytes = "probe_bytes"
        case damagedBlocks = "damaged_blocks"
    }
}

struct ReplayAnswer: Encodable, Equatable {
    var from: String
    var until: String
    /// Nothing is known of the rest, and it is left out.
    var recordedSeconds: Double
    var replays: [ReplayResult]
    /// What limits these answers, a sentence each.
    var notes: [String]

    enum CodingKeys: String, CodingKey {
        case from, until, replays, notes
        case recordedSeconds = "recorded_seconds"
    }

    var lines: [String] {
        let title =
            "From \(PastTime.local(from)) to \(PastTime.local(until)) (\(PastTime.zone(until))), of which "
            + "\(ageText(seconds: recordedSeconds)) are recorded."
        let rows: [(String, (ReplayResult) -> String)] = [
            ("failovers", { "\($0.failovers)" }), ("failbacks", { "\($0.failbacks)" }),
            ("without Internet", { Self.duration($0.offlineSeconds) }),
            ("  while no WAN had any", { Self.duration($0.unavoidableSeconds) }),
            ("by a metered WAN", { Self.duration($0.meteredSeconds) }), ("probes, in IP bytes", { sizeText($0.probeBytes) }),
        ]
        let table = tableLines([[""] + replays.map(\.file)] + rows.map { row in [row.0] + replays.map { row.1($0) } })
        let damaged = replays.contains { $0.damagedBlocks > 0 } ? ["Some hours of the record are damaged, and left out."] : []
        let remarks = notes + damaged
        return [title, ""] + table + (remarks.isEmpty ? [] : [""] + remarks)
    }

    /// Tenths of a second where they count.
    private static func duration(_ seconds: Double) -> String {
        seconds < 60 ? "\((seconds * 10).rounded() / 10) s" : ageText(seconds: seconds)
    }
}
