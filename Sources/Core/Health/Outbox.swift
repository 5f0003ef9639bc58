package import Model

/// What is to be asked now: probes, which it numbers, and interfaces whose counters are wanted.
package struct Outbox: Equatable, Sendable {
    package private(set) var requests: [ProbeRequest] = []
    package private(set) var readings: [WANName] = []
    private var sequence: UInt64 = 0

    package init() {}

    package var isEmpty: Bool { requests.isEmpty && readings.isEmpty }

    /// The last byte of a probe's number is its WAN's, the one before its target's place: nobody has to search for whom an answer is.
    package static func wanNumber(of id: UInt64) -> Int { Int(id & 0xff) }
    package static func place(of id: UInt64) -> Int { Int(id >> 8 & 0xff) }

    mutating func add(
        _ question: Question, at place: Int, of wan: WANSettings, interfaceIndex: UInt32, gateway: IPAddress?, timeout: Duration
    ) -> UInt64 {
        sequence += 1
        let id = sequence << 16 | UInt64(place & 0xff) << 8 | UInt64(wan.number & 0xff)
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
