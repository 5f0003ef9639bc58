import ControlProtocol
import Glibc
import History
import Testing

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
        Status(
            version: "1", pid: pid, started: (noon + seconds).text, configurationFile: "/etc/uplinkd/uplinkd.yaml",
            selection: SelectionStatus(wan: nil, reason: "", since: noon.text, pinned: false), wans: wans,
            nat: NATStatus(ok: true, variant: nil, problem: nil), problems: [], counters: [:])
    }
}

extension WANStatus {
    static func sample(
        _ name: String, _ health: String, since seconds: Double, fault: String? = nil, loss: Double? = nil, roundTrip: Double? = nil
    ) -> WANStatus {
        WANStatus(
            name: name, interface: "eth0", metric: 1, metered: false, health: health, fault: fault, impairments: [],
            since: (noon + seconds).text, sinceSeconds: 1, upInSeconds: nil, selected: false, usable: true, carries: false, gateway: nil,
            gateway6: nil, addresses: [], draining: false, drainEndsInSeconds: nil, routeMetric: nil, roundTripMilliseconds: roundTrip,
            lossPercent: loss, deviationMilliseconds: nil, percentile99Milliseconds: nil, bytesPerMonth: 0, reason: "", targets: [])
    }
}

extension SwitchReport {
    static func sample(_ id: String, at seconds: Double = 0, finished: Bool = true) -> SwitchReport {
        SwitchReport(
            id: id, kind: "failover", from: "telkom", to: "smartfren", drill: nil, reason: "telkom is down: upstream silent", evidence: [],
            detected: nil, decided: (noon + seconds).text, appliedMilliseconds: nil, detectionMilliseconds: nil, clientsBefore: 37,
            sessionsBefore: 0, countedSecondsBefore: nil, backedUp: finished ? 37 : 5, staying: 0, idle: 0, gone: 0, broken: 0,
            fastestMilliseconds: nil, medianMilliseconds: nil, slowestMilliseconds: nil, finished: finished, notes: [], clients: [])
    }
}
