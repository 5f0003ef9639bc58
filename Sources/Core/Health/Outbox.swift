package import Model

/// What is to be asked now: probes, which it numbers, and interfaces whose counters are wanted.
package struct Outbox: Equatable, Sendable {
    package private(set) var requests: [ProbeRequest] = []
    package private(set) var readings: [WANName] = []
    private var sequence: UInt64

    package init(_ family: IPFamily = .v4) { sequence = family == .v6 ? ProbeID.firstOfIPv6 : 0 }

    package var isEmpty: Bool { requests.isEmpty && readings.isEmpty }

    mutating func ask(
        _ question: Question, for owner: ProbeID.Owner, of wan: WANSettings, interfaceIndex: UInt32, gateway: IPAddress?, timeout: Duration
    ) -> ProbeID {
        sequence += 1
        let id = ProbeID(of: owner, sequence: sequence)
        requests.append(
            ProbeRequest(
                id: id, wan: wan.name, interface: wan.interface, interfaceIndex: interfaceIndex, question: question, gateway: gateway,
                timeout: timeout))
        return id
    }

    mutating func read(_ wan: WANName) { readings.append(wan) }

    package mutating func takeAll() -> (requests: [ProbeRequest], readings: [WANName]) {
        guard !isEmpty else { return ([], []) }
        defer {
            requests.removeAll(keepingCapacity: true)
            readings.removeAll(keepingCapacity: true)
        }
        return (requests, readings)
    }
}
