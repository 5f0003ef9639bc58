import Model

/// A line with a queue in front of it, and clients who upload by it as fast as it goes: each connection's window grows until packets are lost, is
/// halved, and grows again (RFC 5681).
///
/// The queue is first in, first out and drops what doesn't fit, so when a packet will have left it is known when it comes.
struct Uplink {
    private struct Connection {
        var window = 10.0
        var threshold = Double.greatestFiniteMagnitude
        var inFlight = 0
        var next = 0
        /// The number of the next acknowledgement, if nothing is lost.
        var expected = 0
        /// What was sent before this belongs to a loss that is known.
        var recovered = 0
        var timeoutAt: Nanoseconds
        var backoff: Nanoseconds = 1
    }

    private struct Acknowledgement {
        var at: Nanoseconds
        var connection: Int
        var number: Int
    }

    static let packet = 1500
    static let acknowledgement = 66

    private let uploads: WANWorld.Uploads
    private let latency: Nanoseconds
    /// For one packet.
    private let service: Nanoseconds
    private var connections: [Connection]
    /// When all that is in the queue will have left.
    private var freeAt: Nanoseconds = 0
    /// The soonest first, from `head` on.
    private var acknowledgements: [Acknowledgement] = []
    private var head = 0
    private(set) var sent: UInt64 = 0
    private(set) var received: UInt64 = 0

    init(_ uploads: WANWorld.Uploads, latency: Nanoseconds) {
        self.uploads = uploads
        self.latency = latency
        service = Nanoseconds(Self.packet * 8) * 1_000_000 / Nanoseconds(uploads.kilobits)
        connections = Array(repeating: Connection(timeoutAt: uploads.from.nanoseconds), count: uploads.connections)
    }

    /// How long a small packet waits now; nil: there is no room.
    mutating func wait(at now: Nanoseconds, _ isSilent: (Nanoseconds) -> Bool) -> Nanoseconds? {
        advance(to: now, isSilent)
        let wait = max(freeAt - now, 0)
        return wait / service >= Nanoseconds(uploads.queue) ? nil : wait
    }

    /// All that happens until then. `isSilent`: what leaves the queue at that moment gets nowhere.
    mutating func advance(to now: Nanoseconds, _ isSilent: (Nanoseconds) -> Bool) {
        while true {
            let acknowledged = head < acknowledgements.count ? acknowledgements[head].at : never
            let late = connections.indices.min { connections[$0].timeoutAt < connections[$1].timeoutAt }
            let lateAt = late.map { connections[$0].timeoutAt } ?? never
            guard min(acknowledged, lateAt) <= now else { return }
            if acknowledged <= lateAt {
                take(acknowledgements[head], isSilent)
                head += 1
                if head > 4096 {
                    acknowledgements.removeFirst(head)
                    head = 0
                }
            } else if let late {
                begin(late, at: lateAt, isSilent)
            }
        }
    }

    /// The first packets, or the first after a silence.
    private mutating func begin(_ index: Int, at now: Nanoseconds, _ isSilent: (Nanoseconds) -> Bool) {
        if connections[index].next > 0 {
            connections[index].threshold = max(connections[index].window / 2, 2)
            connections[index].window = 1
            connections[index].inFlight = 0
            connections[index].expected = connections[index].next
            connections[index].backoff = min(connections[index].backoff * 2, 64)
        }
        fill(index, at: now, isSilent)
        connections[index].timeoutAt = now + max(.seconds(1), (freeAt - now + latency) * 2) * connections[index].backoff
    }

    private mutating func take(_ one: Acknowledgement, _ isSilent: (Nanoseconds) -> Bool) {
        if !isSilent(one.at) { received += 1 } else { return }
        let index = one.connection
        guard one.number >= connections[index].expected else { return }
        let lost = one.number - connections[index].expected
        connections[index].expected = one.number + 1
        connections[index].inFlight = max(connections[index].inFlight - lost - 1, 0)
        connections[index].backoff = 1
        if lost > 0, one.number >= connections[index].recovered {
            connections[index].threshold = max(connections[index].window / 2, 2)
            connections[index].window = connections[index].threshold
            connections[index].recovered = connections[index].next
        } else if connections[index].window < connections[index].threshold {
            connections[index].window += 1
        } else {
            connections[index].window += 1 / connections[index].window
        }
        fill(index, at: one.at, isSilent)
        connections[index].timeoutAt = one.at + max(.seconds(1), (freeAt - one.at + latency) * 2)
    }

    private mutating func fill(_ index: Int, at now: Nanoseconds, _ isSilent: (Nanoseconds) -> Bool) {
        while Double(connections[index].inFlight) < connections[index].window {
            connections[index].inFlight += 1
            let number = connections[index].next
            connections[index].next += 1
            sent += 1
            let start = max(freeAt, now)
            guard (start - now) / service < Nanoseconds(uploads.queue) else { continue }
            freeAt = start + service
            guard !isSilent(freeAt) else { continue }
            acknowledgements.append(Acknowledgement(at: freeAt + latency, connection: index, number: number))
        }
    }
}
