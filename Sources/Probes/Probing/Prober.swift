import Dispatch
package import Floor
package import Model

/// Asks what it is told to, each question by the interface that it is meant for, and tells what came back.
///
/// It knows of no lost probes: that one is late or lost is for the engine to say. A question with a socket of its own ends with the
/// request's timeout, in silence.
///
/// Not Sendable: all of it belongs to the serial queue of its poll, and every method has to be called there.
package final class Prober {
    /// Gets each outcome once, on the queue, and never from within `send`: the engine is not entered twice.
    package typealias Handler = @Sendable (_ id: ProbeID, _ outcome: ProbeOutcome) -> Void

    package var counters: ProbeCounters { loop.counters }

    private let loop: ProbeLoop
    private let echo: EchoProber
    private let neighbours: NeighbourProber
    private let names = HTTPProbe.Names()
    private let scripts = ScriptProbe.Running()

    package init(poll: Poll, handler: @escaping Handler) {
        loop = ProbeLoop(poll: poll, handler: handler)
        echo = EchoProber(loop)
        neighbours = NeighbourProber(loop)
    }

    package func send(_ request: ProbeRequest) {
        dispatchPrecondition(condition: .onQueue(loop.queue))
        do throws(CallError) {
            try ask(request)
            loop.counters.sent += 1
        } catch {
            loop.reportLater(request.id, .notSent(error: "\(request.interface): \(error)"))
        }
    }

    /// Closes the sockets of all other interfaces.
    package func retain(only interfaces: Set<InterfaceName>) {
        dispatchPrecondition(condition: .onQueue(loop.queue))
        echo.retain(only: interfaces)
        neighbours.retain(only: interfaces)
    }

    /// To be called when the kernel says that routes, rules, addresses or interfaces have changed. Otherwise it is ten seconds at most
    /// until a route that is gone is missed.
    package func routesChanged() {
        dispatchPrecondition(condition: .onQueue(loop.queue))
        loop.routes.forget()
    }

    private func ask(_ request: ProbeRequest) throws(CallError) {
        switch request.question {
        case .echo(.address(let address)): try echo.send(request, to: address)
        case .echo(.gateway): throw CallError("it has no gateway to ask")
        case .connect(let address, let port):
            try loop.add { () throws(CallError) in try ConnectProbe(request, loop, to: address, port: port) }
        case .dns(let question):
            guard case .address(let server) = question.server else { throw CallError("it has no gateway to ask") }
            try loop.add { () throws(CallError) in try DNSProbe(request, loop, question, server: server) }
        case .http(let question): try loop.add { () throws(CallError) in try HTTPProbe(request, loop, question, names) }
        case .neighbour(let family): try neighbours.send(request, family)
        case .exec(let command): try loop.add { () throws(CallError) in try ScriptProbe(request, loop, command, scripts) }
        }
    }
}
