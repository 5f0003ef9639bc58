import ControlProtocol
import Glibc
import History
import Model
import Testing
import Varlink

/// A folder of this test's own, deleted in the end.
@discardableResult
func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    var template = Array("/tmp/uplinkd-history-\(getpid())-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
        for name in names(in: folder) { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }
    return try await body(folder)
}

func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// 2026-11-02 12:00 UTC, a Monday: the zero of these tests.
let noon = Moment(milliseconds: 1_793_620_800_000)

/// So many seconds after noon, by both clocks.
func at(_ seconds: Double) -> Now { Now(wall: noon + seconds, steady: .milliseconds(Int(seconds * 1000))) }

/// As in what an earlier version has kept: a text, and nothing else.
extension Sentence: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init("", text) }
}

extension ControlEvent {
    static func sample(_ id: Int, at seconds: Double, kind: Kind = .kernel, wan: String? = nil, _ details: [String: String] = [:])
        -> ControlEvent
    {
        ControlEvent(
            id: id, time: (noon + seconds).text, kind: kind, severity: .info, wan: wan, message: "Event \(id).", details: details)
    }

    static func health(
        _ id: Int, at seconds: Double, _ wan: String, _ health: String, was: String? = nil, fault: String? = nil, loss: Double? = nil,
        roundTrip: Double? = nil
    ) -> ControlEvent {
        var details = ["health": health]
        details["was"] = was
        details["fault"] = fault
        details["loss_percent"] = loss.map { "\($0)" }
        details["round_trip_ms"] = roundTrip.map { "\($0)" }
        return .sample(id, at: seconds, kind: .health, wan: wan, details)
    }
}

extension Status {
    static func sample(started seconds: Double = 0, pid: Int = 7, _ wans: [WANStatus] = []) -> Status {
        Status {
            $0.version = "1"
            $0.pid = pid
            $0.started = (noon + seconds).text
            $0.configurationFile = "/etc/uplinkd/uplinkd.yaml"
            $0.selection = SelectionStatus(wan: nil, reason: "", since: noon.text, pinned: false)
            $0.wans = wans
            $0.nat = NATStatus(ok: true, variant: nil, problem: nil)
            $0.problems = []
            $0.counters = [:]
        }
    }
}

extension WANStatus {
    static func sample(
        _ name: String, _ health: String, since seconds: Double, fault: Sentence? = nil, loss: Double? = nil, roundTrip: Double? = nil
    ) -> WANStatus {
        WANStatus {
            $0.name = name
            $0.interface = "eth0"
            $0.metric = 1
            $0.metered = false
            $0.health = health
            $0.fault = fault
            $0.impairments = []
            $0.since = (noon + seconds).text
            $0.sinceSeconds = 1
            $0.selected = false
            $0.usable = true
            $0.carries = false
            $0.addresses = []
            $0.draining = false
            $0.roundTripMilliseconds = roundTrip
            $0.lossPercent = loss
            $0.bytesPerMonth = 0
            $0.reason = ""
            $0.targets = []
        }
    }
}

extension SwitchReport {
    static func sample(_ id: String, at seconds: Double = 0, finished: Bool = true) -> SwitchReport {
        SwitchReport {
            $0.id = id
            $0.kind = "failover"
            $0.from = "telkom"
            $0.to = "smartfren"
            $0.reason = "telkom is down: upstream silent"
            $0.evidence = []
            $0.decided = (noon + seconds).text
            $0.clientsBefore = 37
            $0.sessionsBefore = 0
            $0.backedUp = finished ? 37 : 5
            $0.staying = 0
            $0.idle = 0
            $0.gone = 0
            $0.broken = 0
            $0.finished = finished
            $0.notes = []
            $0.clients = []
        }
    }
}
