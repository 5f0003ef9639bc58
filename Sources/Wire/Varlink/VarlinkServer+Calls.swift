import Floor
import Dispatch
import FoundationEssentials

// From a call to its replies.
extension VarlinkServer {
    func take(_ call: Call, from client: Connection) {
        do {
            let method = try method(of: call, from: client)
            client.calls += 1
            client.state = .answering
            let caller = Caller(server: self, client: client.id, call: client.calls, wantsMore: call.more && !call.oneway)
            client.answer = Task { finish(call, of: caller, with: await reply(to: call, by: method, caller)) }
        } catch {
            if error == .permissionDenied { counters.denied += 1 }
            if !call.oneway { send(Reply.encode(error), to: client) }
        }
    }

    private func method(of call: Call, from client: Connection) throws(ServiceError) -> ServedMethod {
        guard let method = methods[call.name] else {
            guard service.interfaces.contains(where: { $0.name == call.interface }) else {
                throw .interfaceNotFound(interface: call.interface)
            }
            throw .methodNotFound(method: call.name)
        }
        guard gate.admits(client.peer, method.need) else { throw .permissionDenied }
        if call.upgrade { throw .methodNotImplemented(method: call.name) }
        return method
    }

    /// Away from the server's queue: thousands of clients take a tenth of a second to write down.
    nonisolated private func reply(to call: Call, by method: ServedMethod, _ caller: Caller) async -> Data? {
        do { return try await method.answer(call, caller) } catch { return reply(error) }
    }

    nonisolated private func reply(_ error: any Error) -> Data {
        let sent = error as? any SentError ?? service.failed("\(error)")
        return Reply.encode(sent)
    }

    /// One of several replies; more will come.
    nonisolated func send(_ reply: some Encodable & Sendable, to caller: Caller) {
        executor.queue.async { self.assumeIsolated { $0.write(reply, to: caller) } }
    }

    nonisolated func send(written message: Data, to caller: Caller) {
        executor.queue.async { self.assumeIsolated { $0.deliver(message, to: caller) } }
    }

    private func write(_ reply: some Encodable, to caller: Caller) {
        guard caller.wantsMore, let client = client(of: caller) else { return }
        do {
            deliver(try Reply.encode(reply, continues: true), to: caller)
        } catch {
            client.answer?.cancel()
            end(client, with: self.reply(error))
        }
    }

    private func deliver(_ message: Data, to caller: Caller) {
        guard caller.wantsMore, let client = client(of: caller) else { return }
        send(message, to: client)
        guard clients[client.id] != nil else { return }
        client.state = .streaming
        client.setIdleTime(nil)
        // It has closed its side while the first reply was made.
        if client.inputEnded { drop(client) }
    }

    /// The last reply to a call; then the next call's turn.
    private func finish(_ call: Call, of caller: Caller, with reply: Data?) {
        guard let client = client(of: caller) else { return }
        if let reply { end(client, with: call.oneway ? nil : reply) } else { drop(client) }
    }

    private func end(_ client: Connection, with reply: Data?) {
        client.state = .idle
        client.answer = nil
        client.setIdleTime(limits.idleTime)
        if let reply { send(reply, to: client) }
        serve(client)
    }

    /// nil: it has gone meanwhile, or has had the end of this call.
    private func client(of caller: Caller) -> Connection? {
        guard let client = clients[caller.client], client.calls == caller.call, !client.isIdle else { return nil }
        return client
    }
}
