internal import Dispatch
internal import Floor
internal import Glibc
package import Model
internal import Netlink
package import Plan
internal import Synchronization

/// Tells clients that their TCP sessions have been taken from a WAN: those that only receive would wait for minutes otherwise.
///
/// To each goes what makes it speak (`ToldSegment`), and what it says is reset by rules that stand for that long (`FirewallPlan.telling`). That reset
/// is heard on its way to the client: whoever has had one isn't asked again. A computer answers once in half a second at most, whoever asks (Linux:
/// `tcp_invalid_ratelimit`), and one that sleeps later: so it is asked three times.
///
/// All of it on queues of its own; a round of telling takes some three seconds.
package final class ClientTeller: Sendable {
    /// At most so many a second: with Ethernet's share 3.4 Mbit/s, which the slowest LAN has room for.
    package static let perSecond = 5000
    private static let burst = 25
    private static let rounds: [Duration] = [.zero, .milliseconds(600), .seconds(2)]
    /// For the answers to the last round.
    private static let patience: Duration = .seconds(1)

    private let queue = DispatchQueue(label: "net.uplinkd.telling", attributes: .concurrent)
    /// How many are under way: the last one takes the rules away.
    private let underWay = Mutex(0)

    package init() {}

    /// To be called when the sessions are gone from conntrack, and new ones have another way: what a client answers would begin it anew where it was.
    package func tell(_ moved: Set<MovedSession>, _ desired: FirewallDesired, _ choice: FirewallChoice) async -> TellingOutcome {
        underWay.withLock { $0 += 1 }
        let way = await onQueue { [lan = desired.lan] in Self.prepare(moved, lan) }
        var outcome = way.outcome
        if !way.clients.isEmpty {
            let seconds = Int64((Self.duration(of: way.clients.count) + .seconds(5)).components.seconds)
            // A clock that is set back within a second is before the beginning.
            let texts = desired.backend.plan.telling(way.clients.map(\.session), desired, from: Int64(time(nil)) - 1, seconds: seconds)
            if let problem = await apply(texts, choice) {
                // What they would answer might begin their sessions in the middle: better they find out by themselves.
                outcome.problem = problem
                outcome.untold += way.clients.count
            } else {
                let told = await onQueue { Self.tell(way.clients) }
                outcome.told = told.told
                outcome.answered = told.answered
                outcome.problem = outcome.problem ?? told.problem
            }
        }
        let isLast = underWay.withLock { count in
            count -= 1
            return count == 0
        }
        // They would end by themselves.
        if isLast, outcome.told > 0 { _ = await apply(desired.backend.plan.toldAll(desired), choice) }
        return outcome
    }

    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: body()) } }
    }

    /// Why it went wrong, if it did.
    private func apply(_ texts: [(FirewallPlace, String)], _ choice: FirewallChoice) async -> String? {
        do throws(FirewallError) {
            guard !texts.isEmpty else { return nil }
            let firewall = try await Firewalls.find(for: choice)
            for (place, text) in texts { try await firewall.apply(FirewallRestore(place, text: text)) }
            return nil
        } catch { return error.description }
    }

    private static func duration(of count: Int) -> Duration {
        let round = Duration.seconds(1) * count / perSecond
        return max(rounds[2], round * 2) + round + patience
    }
}

// Where they are.
extension ClientTeller {
    private struct Client: Sendable {
        var session: MovedSession
        var interface: UInt32
        var hardware: [UInt8]
    }

    /// One address may be on several networks, a link-local one above all.
    private struct Place: Hashable {
        var address: IPAddress
        var interface: UInt32
    }

    private struct Way: Sendable {
        var clients: [Client] = []
        var outcome = TellingOutcome()
    }

    private static func prepare(_ moved: Set<MovedSession>, _ lan: [InterfaceName]) -> Way {
        var way = Way()
        do throws(NetlinkFailure) {
            way.outcome.own = try OwnSockets.end(moved.lazy.filter(\.isUnchanged))
        } catch  where error.code == EOPNOTSUPP {
            // A kernel without CONFIG_INET_DIAG_DESTROY: the box's own programs find out by themselves.
        } catch { way.outcome.problem = "the box's own sockets can't be ended: \(error)" }
        let sessions = moved.filter { !$0.isUnchanged }
        do {
            let neighbours = try NeighbourTable.read(of: lan).reduce(into: [Place: [UInt8]]()) {
                $0[Place(address: $1.address, interface: if_nametoindex($1.interface.description))] = $1.hardware
            }
            let socket = try NetlinkSocket()
            let indices = Set(lan.map { if_nametoindex($0.description) }).subtracting([0])
            var known: [IPAddress: (interface: UInt32, hardware: [UInt8])?] = [:]
            for session in sessions {
                if known[session.client] == nil { known[session.client] = .some(place(session.client, socket, indices, neighbours)) }
                guard let place = known[session.client] ?? nil else {
                    way.outcome.untold += 1
                    continue
                }
                way.clients.append(Client(session: session, interface: place.interface, hardware: place.hardware))
            }
        } catch {
            way.outcome.problem = "nobody knows where the clients are: \(error)"
            way.outcome.untold = sessions.count
            way.clients = []
        }
        return way
    }

    /// Behind which interface of the LAN, and whose hardware address leads there: its own, or that of the next router. nil: it isn't there.
    private static func place(
        _ client: IPAddress, _ socket: NetlinkSocket, _ lan: Set<UInt32>, _ neighbours: [Place: [UInt8]]
    ) -> (interface: UInt32, hardware: [UInt8])? {
        guard let answer = try? socket.lookUp(RouteLookup(client)), answer.isUnicast, let interface = answer.interface,
            lan.contains(interface)
        else { return nil }
        // Where there are no hardware addresses the table has nobody.
        let next = Place(address: answer.gateway ?? client, interface: interface)
        guard let hardware = neighbours[next] ?? (isWithoutHardware(interface) ? [] : nil) else { return nil }
        return (interface, hardware)
    }

    private static func isWithoutHardware(_ interface: UInt32) -> Bool {
        var buffer = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard if_indextoname(interface, &buffer) != nil else { return false }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let type = try? Files.read("/sys/class/net/\(name)/type") else { return false }
        return !type.starts(with: Array("1\n".utf8))
    }
}

// Telling.
extension ClientTeller {
    private static func tell(_ clients: [Client]) -> TellingOutcome {
        var outcome = TellingOutcome()
        do throws(CallError) {
            let sender = try PacketSocket()
            // By any interface: with br_netfilter a reset into a bridge goes out by its port, past the bridge itself.
            let ear = try PacketSocket(hearing: PacketSocket.resetsSent)
            var waiting = Dictionary(clients.map { ($0.session, $0) }) { first, _ in first }
            var told: Set<MovedSession> = []
            let began = Instant.now()
            for (number, offset) in rounds.enumerated() {
                hear(ear, until: max(began + offset, Instant.now()), &waiting)
                let due = Array(waiting.values)
                for start in stride(from: 0, to: due.count, by: burst) {
                    let next = Instant.now() + .seconds(1) * burst / perSecond
                    for client in due[start..<min(start + burst, due.count)] where waiting[client.session] != nil {
                        let segment = ToldSegment.bytes(
                            to: client.session, numbers: (.random(in: 0 ... .max), .random(in: 0 ... .max)))
                        if sender.send(segment, by: client.interface, to: client.hardware) { told.insert(client.session) }
                    }
                    hear(ear, until: next, &waiting)
                }
                if number == rounds.count - 1 { hear(ear, until: Instant.now() + patience, &waiting) }
            }
            outcome.told = told.count
            outcome.answered = told.count { waiting[$0] == nil }
        } catch { outcome.problem = error.description }
        return outcome
    }

    /// Until then, or until nobody is waited for.
    private static func hear(_ ear: PacketSocket, until end: Instant, _ waiting: inout [MovedSession: Client]) {
        var buffer = [UInt8](repeating: 0, count: 128)
        while !waiting.isEmpty {
            while let packet = ear.receive(into: &buffer) {
                if let session = ToldSegment.session(endedBy: packet) { waiting[session] = nil }
            }
            let left = end - Instant.now()
            guard left > .zero else { return }
            var descriptor = pollfd(fd: ear.descriptor.number, events: Int16(POLLIN), revents: 0)
            // Rounded up, so that it isn't asked again and again in the last millisecond.
            _ = poll(&descriptor, 1, Int32(clamping: left.nanoseconds / 1_000_000 + 1))
        }
    }
}

extension Neighbour {
    /// nil: nobody knows it.
    fileprivate var hardware: [UInt8]? {
        guard let mac else { return nil }
        let bytes = mac.split(separator: ":").compactMap { UInt8($0, radix: 16) }
        return bytes.isEmpty ? nil : bytes
    }
}
