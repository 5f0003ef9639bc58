import ControlProtocol
import FoundationEssentials

// From a call to its reply.
extension ControlServer {
    func take(_ call: Call, from client: Client) {
        do {
            let method = try check(call, from: client)
            let id = client.id
            client.state = .answering
            client.answer = Task { await answer(call, method, for: id) }
        } catch {
            if error == .permissionDenied { counters.denied += 1 }
            if !call.oneway { send(Reply.encode(error), to: client) }
        }
    }

    private func check(_ call: Call, from client: Client) throws(ControlError) -> ControlMethod {
        guard let method = call.method else {
            guard InterfaceDescription.all.contains(where: { $0.name == call.interface }) else {
                throw .interfaceNotFound(call.interface)
            }
            throw .methodNotFound(call.name)
        }
        guard gate.admits(client.peer, to: method) else { throw .permissionDenied }
        if call.upgrade { throw .methodNotImplemented(call.name) }
        return method
    }

    private func answer(_ call: Call, _ method: ControlMethod, for id: UInt64) async {
        let reply: Data
        do throws(ControlError) {
            switch method {
            case .watch:
                try await watch(call, for: id)
                return
            case .events:
                guard let events = try await events(call, for: id) else { return }
                reply = events
            case .status:
                _ = try call.parameters(NoParameters.self)
                reply = try Reply.encode(StatusReply(status: await handler.status()))
            case .explain:
                _ = try call.parameters(NoParameters.self)
                reply = try Reply.encode(ExplanationReply(explanation: await handler.explanation()))
            case .quality:
                let wanted: QualityParameters = try call.parameters()
                reply = try Reply.encode(QualityReply(quality: await handler.quality(of: wanted.wan)))
            case .metrics:
                _ = try call.parameters(NoParameters.self)
                reply = try Reply.encode(MetricsReply(text: Metrics.text(await handler.status())))
            case .samples:
                let wanted: SamplesParameters = try call.parameters()
                reply = try Reply.encode(await handler.samples(after: wanted.after))
            case .probe:
                let wanted: ProbeParameters = try call.parameters()
                reply = try Reply.encode(ProbeReply(results: await handler.probe(wanted)))
            case .switch:
                let wanted: SwitchParameters = try call.parameters()
                let selection = try await handler.switchTo(wan: wanted.wan, force: wanted.force ?? false)
                reply = try Reply.encode(SelectionReply(selection: selection))
            case .reload:
                _ = try call.parameters(NoParameters.self)
                reply = try Reply.encode(ReloadReply(changes: await handler.reload()))
            case .getInfo:
                _ = try call.parameters(NoParameters.self)
                reply = try Reply.encode(ServiceInformation())
            case .getInterfaceDescription:
                let wanted: DescriptionParameters = try call.parameters()
                guard let found = InterfaceDescription.all.first(where: { $0.name == wanted.interface }) else {
                    throw ControlError.interfaceNotFound(wanted.interface)
                }
                reply = try Reply.encode(DescriptionReply(description: found.text))
            }
        } catch {
            return finish(call, with: Reply.encode(error), for: id)
        }
        finish(call, with: reply, for: id)
    }

    /// The last reply to a call; then the next call's turn.
    private func finish(_ call: Call, with reply: Data, for id: UInt64) {
        // It may have gone while the answer was made.
        guard let client = clients[id] else { return }
        client.state = .idle
        client.answer = nil
        client.setIdleTime(limits.idleTime)
        if !call.oneway { send(reply, to: client) }
        serve(client)
    }
}
