package import Dispatch
import Glibc
package import Model

/// Sends ICMP echo requests by given interfaces and tells what came back.
///
/// It knows no time limits: that a probe is late or lost is for the engine to say, and a late reply is still reported.
///
/// Not Sendable: all of it belongs to the serial queue that it was made with, and every method has to be called there.
package final class ICMPProber {
    /// What one probe costs, each way: IPv4 header, ICMP header, cookie. The usual `ping` has 84.
    package static let bytesPerPacket = 20 + ICMPEcho.messageLength

    /// Gets each outcome once, on the queue, and never from within `send`: the engine is not entered twice.
    package typealias Handler = @Sendable (_ id: UInt64, _ outcome: ProbeOutcome) -> Void

    package private(set) var counters = ProbeCounters()

    private let queue: DispatchQueue
    private let handler: Handler
    private var pending: PendingProbes
    private var random = SystemRandomNumberGenerator()
    private var sockets: [InterfaceName: OpenSocket] = [:]
    private var routes: RouteSocket?
    /// Longer than any reply to us (60 bytes of IP header at most, then 16), so that ordinary pings of others fit too.
    private var buffer = [UInt8](repeating: 0, count: 2048)

    /// Read at most so many packets at a time: who floods us with replies must not keep the queue from its other work.
    private static let packetsPerWakeUp = 64

    private struct OpenSocket {
        var socket: ProbeSocket
        var source: any DispatchSourceRead
    }

    package init(queue: DispatchQueue, handler: @escaping Handler) {
        self.queue = queue
        self.handler = handler
        pending = PendingProbes(firstSequence: .random(in: 0 ... .max))
    }

    deinit {
        for open in sockets.values { open.source.cancel() }
    }

    package func send(_ request: ProbeRequest) {
        dispatchPrecondition(condition: .onQueue(queue))
        do throws(CallError) {
            try transmit(request)
            counters.sent += 1
        } catch {
            counters.notSent += 1
            let text = "\(request.interface): \(error)"
            queue.async { [handler] in handler(request.id, .notSent(error: text)) }
        }
    }

    /// Closes the sockets of all other interfaces.
    package func retain(only interfaces: Set<InterfaceName>) {
        dispatchPrecondition(condition: .onQueue(queue))
        for name in sockets.keys where !interfaces.contains(name) { closeSocket(of: name) }
    }

    private func transmit(_ request: ProbeRequest) throws(CallError) {
        guard case .echo(.address(.v4(let address))) = request.question else {
            throw CallError(action: "asking \(request.question)", code: EOPNOTSUPP)
        }
        let socket = try socket(for: request)
        // Without it a missing route of ours would look like a lost probe: sendto() doesn't fail then. See RouteQuery.
        try routeSocket().check(address, by: request.interfaceIndex)
        let echo = pending.nextEcho(identifier: socket.identifier, cookie: .random(in: 0 ... .max, using: &random))
        let sent = Instant.now()
        try socket.send(echo.request, to: address)
        // Not too late for the reply: that is read on this queue.
        pending.add(request, to: address, as: echo, sent: sent)
    }

    private func routeSocket() throws(CallError) -> RouteSocket {
        if let routes { return routes }
        let opened = try RouteSocket()
        routes = opened
        return opened
    }

    private func socket(for request: ProbeRequest) throws(CallError) -> ProbeSocket {
        if let open = sockets[request.interface] {
            if open.socket.interfaceIndex == request.interfaceIndex { return open.socket }
            closeSocket(of: request.interface)
        }
        let identifier = pending.newIdentifier(using: &random)
        let socket: ProbeSocket
        do throws(CallError) {
            socket = try ProbeSocket(interfaceIndex: request.interfaceIndex, identifier: identifier)
        } catch {
            pending.retire(identifier: identifier)
            throw error
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        source.setEventHandler { [weak self, weak socket] in
            if let self, let socket { self.receive(from: socket) }
        }
        // The descriptor must stay open until the source has let go of it.
        source.setCancelHandler { withExtendedLifetime(socket) {} }
        source.activate()
        sockets[request.interface] = OpenSocket(socket: socket, source: source)
        return socket
    }

    private func closeSocket(of name: InterfaceName) {
        guard let open = sockets.removeValue(forKey: name) else { return }
        pending.retire(identifier: open.socket.identifier)
        open.source.cancel()
    }

    private func receive(from socket: ProbeSocket) {
        for _ in 0..<Self.packetsPerWakeUp {
            do throws(CallError) {
                guard let received = try socket.receive(into: &buffer) else { return }
                judge(received, now: .now())
            } catch {
                // recvmsg() reports a pending error of the socket once and clears it. It says nothing about a probe.
                counters.receiveErrors += 1
                return
            }
        }
    }

    private func judge(_ received: ProbeSocket.Received, now: Instant) {
        do throws(PacketError) {
            guard let length = received.length else { throw .truncated }
            let packet = try IPv4Packet(buffer[..<length])
            let reply = try ICMPEchoReply(packet.payload)
            switch pending.judge(reply, from: packet.source, by: received.interfaceIndex, now: now) {
            case .answered(let id, let after):
                counters.replies += 1
                handler(id, .answered(seconds: after.inSeconds))
            case .ignored(let reason): ignore(reason)
            }
        } catch {
            ignore(.malformed)
        }
    }

    private func ignore(_ reason: IgnoredReply) { counters.ignored[reason, default: 0] += 1 }
}
