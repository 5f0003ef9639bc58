import ControlProtocol
import Dispatch
package import Floor
import FoundationEssentials
import Glibc

/// The daemon's end of the control socket: Varlink on a unix stream socket.
///
/// All of it runs on one serial queue, the poll's. That may be the queue of whoever publishes: nothing here waits but for the handler.
/// This file has the life of the server and its clients; `+Calls` answers, `+Streams` publishes.
package actor ControlServer {
    package nonisolated let path: String
    let service: Service
    let limits: ControlLimits
    let gate: Gate
    let executor: QueueExecutor
    private let poll: Poll
    /// nil: stopped.
    private var socket: ListeningSocket?
    private var accepting: Poll.Ticket?
    private var lastClient: UInt64 = 0
    var clients: [UInt64: Client] = [:]
    /// How many changes were published; by it a status that was asked for before a change is known to be old.
    var statusChanges = 0
    var refreshing: Task<Void, Never>?
    package internal(set) var counters = ControlCounters()
    package var clientCount: Int { clients.count }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the socket. Clients are served from `start()` on; those that come before wait.
    ///
    /// `group`'s members may read; if there is no such group, or this process may not give the socket to it, only root and this user.
    package init(
        path: String = defaultControlSocket, group: String? = "uplinkd", handler: any ControlHandler, limits: ControlLimits = .init(),
        poll: Poll = Poll(queue: DispatchQueue(label: "net.uplinkd.control"))
    ) throws(ControlServerError) {
        try self.init(path: path, group: group, serving: .daemon(handler), limits: limits, poll: poll)
    }

    /// The same for another program than the daemon.
    package init(
        path: String, group: String? = "uplinkd", service: any ReadingService, limits: ControlLimits = .init(), poll: Poll
    ) throws(ControlServerError) {
        try self.init(path: path, group: group, serving: .reading(service), limits: limits, poll: poll)
    }

    private init(
        path: String, group: String?, serving service: Service, limits: ControlLimits, poll: Poll
    ) throws(ControlServerError) {
        let socket = try ListeningSocket(path: path, group: group)
        self.socket = socket
        gate = Gate(user: geteuid(), group: socket.group)
        executor = QueueExecutor(queue: poll.queue)
        self.poll = poll
        self.path = path
        self.service = service
        self.limits = limits
    }

    package func start() {
        guard let socket else { return }
        let ticket =
            accepting ?? poll.add(socket.descriptor.number) { [weak self] _ in self?.assumeIsolated { $0.acceptClients() } }
        accepting = ticket
        if !poll.want(.read, ticket) { pauseAccepting() }
    }

    /// Drops every client and removes the socket. There is no second start.
    package func stop() {
        if let accepting { poll.remove(accepting) }
        accepting = nil
        refreshing?.cancel()
        for client in clients.values { client.close() }
        clients = [:]
        socket?.remove()
        // The lock goes with it: another server may have the path now.
        socket = nil
    }

    // Clients come.

    /// A few at a time: the poll calls again, and others get their turn in between.
    private func acceptClients() {
        guard let socket else { return }
        for _ in 0..<16 {
            let number = accept(socket.descriptor.number, nil, nil)
            if number >= 0 {
                admit(Descriptor(number))
            } else if errno != EINTR && errno != ECONNABORTED {
                // Out of descriptors or memory. The client stays in the backlog, so the poll would call again at once, for ever.
                if errno != EAGAIN { pauseAccepting() }
                return
            }
        }
    }

    private func pauseAccepting() {
        if let accepting { poll.want([], accepting) }
        executor.queue.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in self?.assumeIsolated { $0.start() } }
    }

    private func admit(_ descriptor: Descriptor) {
        guard descriptor.setNonBlockingAndCloseOnExec(), let peer = Peer(of: descriptor) else { return }
        lastClient += 1
        let id = lastClient
        let client = Client(id: id, peer: peer, descriptor: descriptor, messageBytes: limits.messageBytes)
        counters.clients += 1
        let places = gate.isTrusted(peer) ? limits.clients : max(0, limits.clients - limits.reservedClients)
        guard clients.count < places else {
            counters.clientsRefused += 1
            // Unasked, since to wait for a call would take the place that there isn't. A client finds it where it looks for its reply.
            client.enqueue(Reply.encode(.tooManyClients(limit: places)))
            _ = client.flush()
            client.close()
            return
        }
        clients[id] = client
        client.startIdleTimer(on: executor.queue) { [weak self] in self?.assumeIsolated { $0.idleTimePassed(id) } }
        client.setIdleTime(limits.idleTime)
        let isWatched = client.startReading(by: poll) { [weak self] ready in self?.assumeIsolated { $0.ready(id, for: ready) } }
        if !isWatched { drop(client) }
    }

    // Clients talk.

    private func ready(_ id: UInt64, for interest: Poll.Interest) {
        if interest.contains(.write) { writable(id) }
        if interest.contains(.read) { readable(id) }
    }

    private func readable(_ id: UInt64) {
        guard let client = clients[id] else { return }
        switch client.receive() {
        case .nothing: break
        case .failed: drop(client)
        case .some:
            // Two whole calls may wait while one is being answered. Who sends on without reading replies is not served.
            guard client.input.count <= 2 * (limits.messageBytes + 1) else { return dropMalformed(client) }
            serve(client)
        case .end:
            client.stopReading()
            client.inputEnded = true
            // One that streams and will say nothing more has gone, as far as we can tell.
            if client.streams { drop(client) } else { serve(client) }
        }
    }

    /// Answers what waits, one call after the other.
    func serve(_ client: Client) {
        while client.isIdle, clients[client.id] != nil {
            do {
                guard let message = try client.input.next() else { break }
                counters.requests += 1
                client.setIdleTime(limits.idleTime)
                take(try Call(json: message), from: client)
            } catch {
                // Varlink has no error for what isn't a call.
                return dropMalformed(client)
            }
        }
        endIfDone(client)
    }

    /// A client that has closed its side (`printf … | nc -N -U …`) is still owed the replies to what it sent.
    private func endIfDone(_ client: Client) {
        guard client.inputEnded, client.isIdle, clients[client.id] != nil else { return }
        if client.input.count > 0 {
            dropMalformed(client)
        } else if client.output.isEmpty {
            drop(client)
        }
    }

    private func idleTimePassed(_ id: UInt64) {
        guard let client = clients[id], !client.streams else { return }
        if case .answering = client.state { return client.setIdleTime(limits.idleTime) }
        counters.idle += 1
        drop(client)
    }

    // Clients are talked to.

    func send(_ message: Data, to client: Client) {
        guard clients[client.id] != nil else { return }
        guard client.output.isEmpty || client.output.count + message.count < limits.outgoingBytes else {
            counters.slow += 1
            return drop(client)
        }
        client.enqueue(message)
        flush(client)
    }

    private func flush(_ client: Client) {
        switch client.flush() {
        case .failed: drop(client)
        case .rest: client.waitToWrite()
        case .all: client.stopWaitingToWrite()
        }
    }

    private func writable(_ id: UInt64) {
        guard let client = clients[id] else { return }
        flush(client)
        endIfDone(client)
    }

    // Clients go.

    func drop(_ client: Client) {
        guard clients.removeValue(forKey: client.id) != nil else { return }
        client.close()
    }

    private func dropMalformed(_ client: Client) {
        counters.malformed += 1
        drop(client)
    }
}
