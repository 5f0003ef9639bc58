package import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials

// Replies that go on: Watch and Events.
extension ControlServer {
    /// Tells every follower. What is published first arrives first.
    package nonisolated func publish(_ event: ControlEvent) {
        executor.queue.async { self.assumeIsolated { $0.deliver(event) } }
    }

    /// Every watcher gets a new status. Several changes in a row may become one.
    package nonisolated func publishStatusChange() {
        executor.queue.async { self.assumeIsolated { $0.statusChanged() } }
    }

    // Events

    /// The reply to a call that doesn't follow. nil: it does, and has its first reply already.
    func events(_ call: Call, for id: UInt64, from handler: any ControlHandler) async throws(ControlError) -> Data? {
        let wanted: EventsParameters = try call.parameters()
        if let last = wanted.last, last < 0 { throw .invalidParameter("last") }
        guard wanted.follow ?? false else { return try Reply.encode(EventsReply(events: await handler.events(last: wanted.last))) }
        guard call.more, !call.oneway else { throw .expectedMore }

        // From now on nothing is missed: what happens while the past is being asked for is held back, and sent if it isn't in the past.
        guard let client = clients[id] else { return nil }
        client.state = .beginningToFollow(held: [])
        let past = try await handler.events(last: wanted.last)
        guard clients[id] != nil, case .beginningToFollow(let held) = client.state else { return nil }
        send(try Reply.encode(EventsReply(events: past), continues: true), to: client)
        beginStream(client, .following)
        for event in held where event.id > past.last?.id ?? Int.min { send(event, to: client) }
        return nil
    }

    private func deliver(_ event: ControlEvent) {
        for client in Array(clients.values) {
            switch client.state {
            case .following: send(event, to: client)
            case .beginningToFollow(let held): client.state = .beginningToFollow(held: held + [event])
            case .idle, .answering, .watching, .drilling: break
            }
        }
    }

    private func send(_ event: ControlEvent, to client: Client) {
        do {
            send(try Reply.encode(EventsReply(events: [event]), continues: true), to: client)
        } catch {
            endStream(client, with: error)
        }
    }

    // Watch

    func watch(_ call: Call, for id: UInt64, from handler: any ControlHandler) async throws(ControlError) {
        _ = try call.parameters(NoParameters.self)
        guard call.more, !call.oneway else { throw .expectedMore }
        let changesBefore = statusChanges
        let status = try await handler.status()
        guard let client = clients[id] else { return }
        send(try Reply.encode(StatusReply(status: status), continues: true), to: client)
        beginStream(client, .watching)
        // A change since we asked was published to others only.
        if statusChanges != changesBefore { refreshWatchers() }
    }

    private func statusChanged() {
        statusChanges += 1
        refreshWatchers()
    }

    private func refreshWatchers() {
        guard case .daemon(let handler) = service, refreshing == nil, clients.values.contains(where: \.watches) else { return }
        refreshing = Task { await refresh(from: handler) }
    }

    /// One at a time; what changes meanwhile makes it go round once more, so the last status sent is never an old one.
    private func refresh(from handler: any ControlHandler) async {
        defer { refreshing = nil }
        var sent: Int
        repeat {
            sent = statusChanges
            do {
                let reply = try Reply.encode(StatusReply(status: await handler.status()), continues: true)
                for client in clients.values.filter(\.watches) { send(reply, to: client) }
            } catch {
                for client in clients.values.filter(\.watches) { endStream(client, with: error) }
            }
        } while sent != statusChanges && !Task.isCancelled
    }

    // Drill

    /// The last reply. A caller that goes, or closes its side, is a caller that has had enough: that cancels the answer.
    func drill(_ call: Call, for id: UInt64, from handler: any ControlHandler) async throws(ControlError) -> Data {
        let wanted: DrillParameters = try call.parameters()
        guard call.more, !call.oneway else { throw .expectedMore }
        guard let client = clients[id], !client.inputEnded else { throw .failed(message: "The caller has gone.") }
        client.state = .drilling
        client.setIdleTime(nil)
        let last = try await handler.drill(wanted) { [self] progress in
            executor.queue.async { self.assumeIsolated { $0.tell(progress, to: id) } }
        }
        return try Reply.encode(DrillReply(progress: last))
    }

    private func tell(_ progress: DrillProgress, to id: UInt64) {
        guard let client = clients[id], let reply = try? Reply.encode(DrillReply(progress: progress), continues: true) else { return }
        send(reply, to: client)
    }

    // Both.

    private func beginStream(_ client: Client, _ state: Client.State) {
        guard clients[client.id] != nil else { return }
        client.answer = nil
        client.state = state
        client.setIdleTime(nil)
        // It has closed its side while the first reply was made.
        if client.inputEnded { drop(client) }
    }

    private func endStream(_ client: Client, with error: ControlError) {
        client.state = .idle
        client.setIdleTime(limits.idleTime)
        send(Reply.encode(error), to: client)
        serve(client)
    }
}

extension Client {
    var watches: Bool { if case .watching = state { true } else { false } }
}
