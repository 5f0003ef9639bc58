import Floor
import Model

/// Sends ICMP echo requests by given interfaces and tells what came back.
///
/// It knows no time limits: that a probe is late or lost is for the engine to say, and a late reply is still reported.
final class EchoProber {
    private unowned let loop: ProbeLoop
    private var pending = PendingProbes()
    private var random = SystemRandomNumberGenerator()
    private var sockets: InterfaceSockets<EchoSocket>
    private let packets = PacketBatch()

    /// So many at most are read at a time: who floods us with replies must not keep the queue from its other work.
    private static let batchesPerWakeUp = 4

    init(_ loop: ProbeLoop) {
        self.loop = loop
        sockets = InterfaceSockets(loop)
    }

    func send(_ request: ProbeRequest, to address: IPAddress) throws(CallError) {
        let socket = try socket(for: request, address.family)
        // Without it a missing route of ours would look like a lost probe: sendto() doesn't fail then. See Routes.
        try loop.routes.check(address, by: request.interfaceIndex)
        let echo = pending.nextEcho(
            identifier: socket.identifier, cookie: .random(in: 0 ... .max, using: &random),
            length: request.size.map { $0 - (address.family == .v4 ? 20 : 40) } ?? ICMPEcho.messageLength)
        let sent = Instant.now()
        try socket.send(echo.request(address.family), to: address)
        // Not too late for the reply: that is read on this queue.
        pending.add(request, to: address, as: echo, sent: sent)
    }

    func retain(only interfaces: Set<InterfaceName>) {
        sockets.retain(only: interfaces) { pending.retire(identifier: $0.identifier) }
    }

    private func socket(for request: ProbeRequest, _ family: IPFamily) throws(CallError) -> EchoSocket {
        try sockets.socket(for: request, family) { () throws(CallError) in
            let identifier = pending.newIdentifier(for: request.interfaceIndex, using: &random)
            do throws(CallError) {
                return try EchoSocket(family, interfaceIndex: request.interfaceIndex, identifier: identifier, prober: self)
            } catch {
                pending.retire(identifier: identifier)
                throw error
            }
        } closed: {
            pending.retire(identifier: $0.identifier)
        }
    }

    func receive(from socket: EchoSocket) {
        for _ in 0..<Self.batchesPerWakeUp {
            do throws(CallError) {
                let count = try packets.receive(from: socket.descriptor)
                for index in 0..<count { judge(packets[index], on: socket, now: .now()) }
                guard count == PacketBatch.capacity else { return }
            } catch {
                // It reports a pending error of the socket once and clears it. It says nothing about a probe.
                loop.counters.receiveErrors += 1
                return
            }
        }
    }

    private func judge(_ packet: (bytes: ArraySlice<UInt8>, source: IPAddress?)?, on socket: EchoSocket, now: Instant) {
        do throws(PacketError) {
            guard let packet else { throw .truncated }
            var (payload, from) = packet
            if socket.family == .v4 {
                let whole = try IPv4Packet(payload)
                (payload, from) = (whole.payload, .v4(whole.source))
            }
            guard let from else { throw .truncated }
            let message = try ICMPMessage(payload, socket.family)
            switch pending.judge(message, from: from, by: socket.interfaceIndex, now: now) {
            case .answered(let id, let after): loop.report(id, .answered(seconds: after.inSeconds))
            case .unreachable(let id):
                guard case .unreachable(let complaint) = message else { return }
                let words = unreachableWords(code: complaint.code, socket.family)
                loop.report(id, .wrong(WrongAnswer(.unreachable, "\(from) says: \(words)")))
            case .tooLong(let id, let most): loop.report(id, .tooLong(most: most))
            case .ignored(let reason): loop.ignore(reason)
            }
        } catch {
            loop.ignore(.malformed)
        }
    }
}
