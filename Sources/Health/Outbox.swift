package import Model

/// The probes that are to be sent now; numbers them.
package struct Outbox: Equatable, Sendable {
    private var nextID: UInt64
    package private(set) var requests: [ProbeRequest] = []

    package init(nextID: UInt64 = 1) { self.nextID = nextID }

    mutating func add(wan: WANSettings, interfaceIndex: UInt32, question: Question, gateway: IPv4Address?, timeout: Duration) -> UInt64 {
        defer { nextID += 1 }
        requests.append(
            ProbeRequest(
                id: nextID, wan: wan.name, interface: wan.interface, interfaceIndex: interfaceIndex, question: question, gateway: gateway,
                timeout: timeout))
        return nextID
    }

    package mutating func takeAll() -> [ProbeRequest] {
        defer { requests = [] }
        return requests
    }
}
