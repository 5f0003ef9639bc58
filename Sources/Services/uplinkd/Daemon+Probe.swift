import Configuration
import Control
import ControlProtocol
import Dispatch
import Engine
import Floor
import Health
import Model
import Probing
import Varlink

extension Daemon {
    func probe(_ wanted: ProbeParameters) async throws(ControlError) -> ProbeReply {
        guard let health = engine.healths.first(where: { $0.wan.name.description == wanted.wan }) else {
            throw .unknownWAN(wan: wanted.wan, known: engine.settings.wans.map(\.name.description))
        }
        let targets = try wanted.targets(of: health.wan)
        let timeout = try wanted.timeout
        try oneOffs.enter()
        defer { oneOffs.leave() }
        let index = engine.snapshot?.interface(health.wan.interface)?.index
        let results = await withTaskGroup(of: (Int, ProbeResult).self) { group in
            for (place, target) in targets.enumerated() {
                let patience = timeout ?? health.wan.probe.timeout(of: target)
                group.addTask {
                    let outcome = await self.ask(target.question, by: health.wan, index, gateway: health.gateway, within: patience)
                    return (place, ProbeResult(outcome, of: target.question, within: patience))
                }
            }
            var results = [ProbeResult?](repeating: nil, count: targets.count)
            for await (place, result) in group { results[place] = result }
            return results.compactMap { $0 }
        }
        return ProbeReply(results: results)
    }

    /// nil: nothing came in time, or nobody waits any more.
    private func ask(
        _ question: Question, by wan: WANSettings, _ index: UInt32?, gateway: IPAddress?, within timeout: Duration
    ) async -> ProbeOutcome? {
        guard let index else { return .notSent(error: "there is no interface \(wan.interface)") }
        guard let question = question.resolved(gateway: gateway) else { return .notSent(error: "the gateway isn't known") }
        let id = oneOffs.nextID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let request = ProbeRequest(
                    id: id, wan: wan.name, interface: wan.interface, interfaceIndex: index, question: question, gateway: gateway,
                    timeout: timeout)
                oneOffs.send(request, patience: timeout + question.entry.grace, continuation)
            }
        } onCancel: {
            executor.queue.async { [weak self] in self?.assumeIsolated { $0.oneOffs.end(id, nil) } }
        }
    }
}

extension ProbeResult {
    fileprivate init(_ outcome: ProbeOutcome?, of question: Question, within timeout: Duration) {
        var roundTrip: Double?
        let kind: Outcome
        switch outcome {
        case .answered(let seconds): (kind, roundTrip) = (.answered, (seconds * 100_000).rounded() / 100)
        case .wrong, .tooLong: kind = .wrong
        case .notSent: kind = .notSent
        case nil: kind = .lost
        }
        self.init(
            target: question.description, kind: question.kind.rawValue, outcome: kind, roundTripMilliseconds: roundTrip,
            sentence: ProbeOutcome.sentence(outcome, to: question, within: timeout))
    }
}

extension ProbeParameters {
    fileprivate var timeout: Duration? {
        get throws(ControlError) {
            guard let timeoutSeconds else { return nil }
            guard (0.1...60).contains(timeoutSeconds) else {
                throw .invalidTarget(reason: ProbeRefusal.wrongTimeout(seconds: timeoutSeconds).sentence)
            }
            return .milliseconds(Int64(timeoutSeconds * 1000))
        }
    }

    /// Those that are configured, or the one that this describes.
    fileprivate func targets(of wan: WANSettings) throws(ControlError) -> [Target] {
        let details = details
        if details.isEmpty {
            let configured = wan.probe.targets.filter { one in
                (self.kind == nil || self.kind == one.question.kind.rawValue) && (target == nil || target == one.description)
            }
            if !configured.isEmpty { return configured }
            // A neighbour needs no words, so it can be asked without having been configured.
            let isComplete = kind.flatMap(Question.Kind.init).map { $0.subject == nil } ?? false
            if target == nil, !isComplete {
                throw .invalidTarget(reason: ProbeRefusal.noTarget(wan.name, kind: self.kind ?? "").sentence)
            }
        }
        let name = kind ?? Configuration.kind(asking: target, with: details.map(\.name)).rawValue
        let kind = Question.Kind(rawValue: name)
        guard kind?.entry.isOnlyAsConfigured != true else {
            let known = wan.probe.targets.filter { $0.question.kind == kind }.map(\.description)
            throw .invalidTarget(reason: ProbeRefusal.unknownProgram(wan.name, known: known).sentence)
        }
        var keys: [(name: String, value: Configuration.Given)] = [("kind", .text(name))]
        if let target { keys.append((kind?.subject ?? "address", .text(target))) }
        do throws(Configuration.TargetRefusal) {
            return [try Configuration.target(keys + details)]
        } catch {
            throw .invalidTarget(reason: ProbeRefusal.malformed(error.description).sentence)
        }
    }

    /// By the names that the configuration file has for them.
    private var details: [(name: String, value: Configuration.Given)] {
        let texts = [
            ("port", port.map(String.init)), ("name", name), ("type", type), ("status", status.map(String.init)), ("body", body),
            ("resolver", resolver),
        ]
        let given = texts.compactMap { name, text in text.map { (name: name, value: Configuration.Given.text($0)) } }
        return given + (expect.map { [(name: "expect", value: .list($0))] } ?? [])
    }
}
