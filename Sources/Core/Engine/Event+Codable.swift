import Model
import Plan

/// An event in JSON is an object with one key, the kind: `{"probe": {"id": 7, "answered": 0.023}}`.
/// Written out by hand so that the files of scenarios are pleasant to read and to write.
extension Event: Codable {
    private enum Key: String, CodingKey {
        case tick, snapshot, devices, snapshotFailed, probe, applied, firewall, firewallFailed, pinned, counters, newSessions, swept, drill,
            drillEnded, ownSockets, files
    }
    private enum CountersKey: String, CodingKey { case wan, received, sent, receivedBytes, sentBytes }
    private enum SessionsKey: String, CodingKey { case wan, counts }
    private enum SocketsKey: String, CodingKey { case wan, sockets }
    private enum SweptKey: String, CodingKey { case id, deleted, error }
    private enum DrillKey: String, CodingKey { case wan, fault, seconds, window }
    private enum ProbeKey: String, CodingKey { case id, answered, wrong, tooLong, notSent }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        guard let key = container.allKeys.first, container.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "an event is an object with one known key"))
        }
        switch key {
        case .tick: self = .tick
        case .counters:
            let counters = try container.nestedContainer(keyedBy: CountersKey.self, forKey: key)
            self = .counters(
                try counters.decode(WANName.self, forKey: .wan),
                LinkCounters(
                    received: try counters.decode(UInt64.self, forKey: .received), sent: try counters.decode(UInt64.self, forKey: .sent),
                    receivedBytes: try counters.decodeIfPresent(UInt64.self, forKey: .receivedBytes),
                    sentBytes: try counters.decodeIfPresent(UInt64.self, forKey: .sentBytes)))
        case .newSessions:
            let sessions = try container.nestedContainer(keyedBy: SessionsKey.self, forKey: key)
            self = .newSessions(
                try sessions.decode(WANName.self, forKey: .wan), try sessions.decode(NewSessions.self, forKey: .counts))
        case .ownSockets:
            let found = try container.nestedContainer(keyedBy: SocketsKey.self, forKey: key)
            self = .ownSockets(
                try found.decode(WANName.self, forKey: .wan), try found.decode([OwnSocket].self, forKey: .sockets))
        case .files: self = .files(try container.decode(BoxFiles.self, forKey: key))
        case .snapshot: self = .snapshot(try container.decode(Snapshot.self, forKey: key))
        case .devices: self = .devices(try container.decode([Device].self, forKey: key))
        case .snapshotFailed: self = .snapshotFailed(error: try container.decode(String.self, forKey: key))
        case .probe:
            let probe = try container.nestedContainer(keyedBy: ProbeKey.self, forKey: key)
            let id = try probe.decode(ProbeID.self, forKey: .id)
            if let seconds = try probe.decodeIfPresent(Double.self, forKey: .answered) {
                guard seconds >= 0, seconds < 1e6 else {
                    throw DecodingError.dataCorruptedError(forKey: .answered, in: probe, debugDescription: "seconds out of range")
                }
                self = .probe(id: id, outcome: .answered(seconds: seconds))
            } else if let wrong = try probe.decodeIfPresent(WrongAnswer.self, forKey: .wrong) {
                self = .probe(id: id, outcome: .wrong(wrong))
            } else if let most = try probe.decodeIfPresent(Int.self, forKey: .tooLong) {
                self = .probe(id: id, outcome: .tooLong(most: most))
            } else {
                self = .probe(id: id, outcome: .notSent(error: try probe.decode(String.self, forKey: .notSent)))
            }
        case .applied: self = .applied(failures: try container.decode([String].self, forKey: key))
        case .firewall:
            let (place, contents) = try Self.only([FirewallPlace: FirewallContents].self, in: container, forKey: key)
            self = .firewallObserved(place, contents)
        case .firewallFailed:
            let (place, error) = try Self.only([FirewallPlace: String].self, in: container, forKey: key)
            self = .firewallFailed(place, error: error)
        case .swept:
            let swept = try container.nestedContainer(keyedBy: SweptKey.self, forKey: key)
            let id = try swept.decode(UInt64.self, forKey: .id)
            if let deleted = try swept.decodeIfPresent(Int.self, forKey: .deleted) {
                self = .swept(id: id, SweepOutcome(deleted: deleted))
            } else {
                self = .sweepFailed(id: id, error: try swept.decode(String.self, forKey: .error))
            }
        case .pinned: self = .pinned(try container.decode(WANName?.self, forKey: key))
        case .drill:
            let drill = try container.nestedContainer(keyedBy: DrillKey.self, forKey: key)
            let window = try drill.decode([Int64].self, forKey: .window)
            let seconds = try drill.decode(Int64.self, forKey: .seconds)
            guard window.count == 2, window[0] <= window[1], seconds > 0 else {
                throw DecodingError.dataCorruptedError(forKey: .window, in: drill, debugDescription: "a beginning and an end")
            }
            self = .drill(
                DrillOrder(
                    wan: try drill.decode(WANName.self, forKey: .wan), fault: try drill.decode(DrillFault.self, forKey: .fault),
                    duration: .seconds(seconds), window: window[0]...window[1]))
        case .drillEnded: self = .drillEnded(try container.decode(DrillStop.self, forKey: key))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .tick: try container.encode(true, forKey: .tick)
        case .counters(let wan, let counters):
            var nested = container.nestedContainer(keyedBy: CountersKey.self, forKey: .counters)
            try nested.encode(wan, forKey: .wan)
            try nested.encode(counters.received, forKey: .received)
            try nested.encode(counters.sent, forKey: .sent)
            try nested.encodeIfPresent(counters.receivedBytes, forKey: .receivedBytes)
            try nested.encodeIfPresent(counters.sentBytes, forKey: .sentBytes)
        case .newSessions(let wan, let sessions):
            var nested = container.nestedContainer(keyedBy: SessionsKey.self, forKey: .newSessions)
            try nested.encode(wan, forKey: .wan)
            try nested.encode(sessions, forKey: .counts)
        case .ownSockets(let wan, let sockets):
            var nested = container.nestedContainer(keyedBy: SocketsKey.self, forKey: .ownSockets)
            try nested.encode(wan, forKey: .wan)
            try nested.encode(sockets, forKey: .sockets)
        case .files(let files): try container.encode(files, forKey: .files)
        case .snapshot(let snapshot): try container.encode(snapshot, forKey: .snapshot)
        case .devices(let devices): try container.encode(devices, forKey: .devices)
        case .snapshotFailed(let error): try container.encode(error, forKey: .snapshotFailed)
        case .probe(let id, let outcome):
            var probe = container.nestedContainer(keyedBy: ProbeKey.self, forKey: .probe)
            try probe.encode(id, forKey: .id)
            switch outcome {
            case .answered(let seconds): try probe.encode(seconds, forKey: .answered)
            case .wrong(let answer): try probe.encode(answer, forKey: .wrong)
            case .tooLong(let most): try probe.encode(most, forKey: .tooLong)
            case .notSent(let error): try probe.encode(error, forKey: .notSent)
            }
        case .applied(let failures): try container.encode(failures, forKey: .applied)
        case .firewallObserved(let place, let contents): try container.encode([place: contents], forKey: .firewall)
        case .firewallFailed(let place, let error): try container.encode([place: error], forKey: .firewallFailed)
        case .swept(let id, let outcome):
            var swept = container.nestedContainer(keyedBy: SweptKey.self, forKey: .swept)
            try swept.encode(id, forKey: .id)
            try swept.encode(outcome.deleted, forKey: .deleted)
        case .sweepFailed(let id, let error):
            var swept = container.nestedContainer(keyedBy: SweptKey.self, forKey: .swept)
            try swept.encode(id, forKey: .id)
            try swept.encode(error, forKey: .error)
        case .pinned(let wan): try container.encode(wan, forKey: .pinned)
        case .drill(let order):
            var drill = container.nestedContainer(keyedBy: DrillKey.self, forKey: .drill)
            try drill.encode(order.wan, forKey: .wan)
            try drill.encode(order.fault, forKey: .fault)
            try drill.encode(order.duration.components.seconds, forKey: .seconds)
            try drill.encode([order.window.lowerBound, order.window.upperBound], forKey: .window)
        case .drillEnded(let stop): try container.encode(stop, forKey: .drillEnded)
        case .configured:
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "a configuration is recorded as its text"))
        }
    }
}

extension Event {
    private static func only<Value: Decodable>(
        _ type: [FirewallPlace: Value].Type, in container: KeyedDecodingContainer<Key>, forKey key: Key
    ) throws -> (FirewallPlace, Value) {
        let values = try container.decode(type, forKey: key)
        guard values.count == 1, let only = values.first else {
            throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "an object with one place of the firewall")
        }
        return only
    }
}

extension Effect: CustomStringConvertible {
    /// What the scenarios compare: the commands that it equals, or a line of plain text.
    package var description: String {
        switch self {
        case .remember(let undo):
            "remember "
                + (undo.settings.sorted { $0.key < $1.key }.flatMap { interface, settings in
                    settings.sorted { $0.key < $1.key }.map { "\(interface).\($0.key.rawValue)=\($0.value)" }
                } + undo.displaced.map { "[\($0)]" }).joined(separator: " ")
        case .apply(let operations): operations.map(\.description).joined(separator: "\n")
        case .sweep(let sweep): sweep.description
        case .applyFirewall(let restore): restore.description
        case .probe(let request): "probe \(request.wan) \(request.question)\(request.size.map { " of \($0) bytes" } ?? "") #\(request.id)"
        case .readCounters(let wan): "counters \(wan)"
        case .lookAtSockets(let scope): "sockets \(scope.wan)"
        case .observeFirewall(let place): place.look
        case .readKernel: "read the kernel"
        case .notify(let happening): "\(happening.severity.rawValue): \(happening.message)"
        }
    }
}
