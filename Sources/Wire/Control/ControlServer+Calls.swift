import ControlProtocol
import FoundationEssentials

// From a call to its reply.
extension ControlServer {
    func take(_ call: Call, from client: Client) {
        do {
            try check(call, from: client)
            let id = client.id
            client.state = .answering
            client.answer = Task { await answer(call, for: id) }
        } catch {
            if error == .permissionDenied { counters.denied += 1 }
            if !call.oneway { send(Reply.encode(error), to: client) }
        }
    }

    private func check(_ call: Call, from client: Client) throws(ControlError) {
        guard let need = service.need(of: call) else {
            guard service.descriptions.contains(where: { $0.name == call.interface }) else { throw .interfaceNotFound(call.interface) }
            throw .methodNotFound(call.name)
        }
        guard gate.admits(client.peer, need) else { throw .permissionDenied }
        if call.upgrade { throw .methodNotImplemented(call.name) }
    }

    private func answer(_ call: Call, for id: UInt64) async {
        switch (service, call.method) {
        case (.daemon(let handler), let method?): await answer(call, method, from: handler, for: id)
        case (.reading(let service), _): await answer(call, from: service, for: id)
        // `check` has refused it.
        case (.daemon, nil): finish(call, with: Reply.encode(.methodNotFound(call.name)), for: id)
        }
    }

    private func answer(_ call: Call, from service: any ReadingService, for id: UInt64) async {
        let reply: Data
        do throws(ControlError) {
            reply =
                switch call.method {
                case .getInfo: try information(call)
                case .getInterfaceDescription: try description(call)
                default: try await service.reply(to: call)
                }
        } catch {
            return finish(call, with: Reply.encode(error), for: id)
        }
        finish(call, with: reply, for: id)
    }

    private func information(_ call: Call) throws(ControlError) -> Data {
        _ = try call.parameters(NoParameters.self)
        return try Reply.encode(ServiceInformation(product: service.product, interfaces: service.descriptions.map(\.name)))
    }

    private func description(_ call: Call) throws(ControlError) -> Data {
        let wanted: DescriptionParameters = try call.parameters()
        guard let found = service.descriptions.first(where: { $0.name == wanted.interface }) else {
            throw ControlError.interfaceNotFound(wanted.interface)
        }
        return try Reply.encode(DescriptionReply(description: found.text))
    }

    private func answer(_ call: Call, _ method: ControlMethod, from handler: any ControlHandler, for id: UInt64) async {
        let reply: Data
        do throws(ControlError) {
            switch method {
            case .watch:
                try await watch(call, for: id, from: handler)
                return
            case .events:
                guard let events = try await events(call, for: id, from: handler) else { return }
                reply = events
            case .status:
                _ = try call.parameters(NoParameters.self)
                reply = try Reply.encode(StatusReply(status: await handler.status()))
            case .explain:
                let wanted: ExplainParameters = try call.parameters()
                let suppositions = wanted.suppositions ?? []
                let explanation =
                    suppositions.isEmpty
                    ? try await handler.explanation() : try await handler.explanation(supposing: suppositions)
                reply = try Reply.encode(ExplanationReply(explanation: explanation))
            case .quality:
                let wanted: QualityParameters = try call.parameters()
                reply = try Reply.encode(QualityReply(quality: await handler.quality(of: wanted.wan)))
            case .clients:
                _ = try call.parameters(NoParameters.self)
                reply = try await encoded(ClientsReply(clients: try await handler.clients()))
            case .reports:
                let wanted: ReportsParameters = try call.parameters()
                if let last = wanted.last, last < 0 { throw ControlError.invalidParameter("last") }
                reply = try await encoded(ReportsReply(reports: try await handler.reports(id: wanted.id, last: wanted.last)))
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
            case .drill: reply = try await drill(call, for: id, from: handler)
            case .reload:
                _ = try call.parameters(NoParameters.self)
                reply = try Reply.encode(ReloadReply(changes: await handler.reload()))
            case .getInfo: reply = try information(call)
            case .getInterfaceDescription: reply = try description(call)
            }
        } catch {
            return finish(call, with: Reply.encode(error), for: id)
        }
        finish(call, with: reply, for: id)
    }

    /// Away from the queue, which is the engine's as well: thousands of clients take a tenth of a second to write down.
    nonisolated private func encoded(_ reply: some Encodable & Sendable) async throws(ControlError) -> Data { try Reply.encode(reply) }

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
