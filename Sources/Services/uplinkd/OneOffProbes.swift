import ControlProtocol
import Floor
import Model
import Probing

/// Probes that somebody asks for by hand. The engine doesn't hear of them: what is asked when it pleases somebody must not move the traffic.
final class OneOffProbes {
    /// More callers at once are sent away: each can wait for a minute.
    private static let mostCallers = 4

    private struct Waiting {
        var continuation: CheckedContinuation<ProbeOutcome?, Never>
        var patience: Poll.Ticket
    }

    private let senses: Senses
    private var callers = 0
    private var sequence: UInt64 = 0
    private var waiting: [ProbeID: Waiting] = [:]

    init(_ senses: Senses) { self.senses = senses }

    /// To be followed by `leave`.
    func enter() throws(ControlError) {
        guard callers < Self.mostCallers else {
            throw .failed(message: "\(callers) others have probes under way: try again in a moment.")
        }
        callers += 1
    }

    func leave() { callers -= 1 }

    func nextID() -> ProbeID {
        sequence += 1
        return ProbeID(of: .caller, sequence: sequence)
    }

    /// nil, if nothing has come until his patience ends.
    func send(_ request: ProbeRequest, patience: Duration, _ continuation: CheckedContinuation<ProbeOutcome?, Never>) {
        let ticket = senses.poll.after(patience) { [weak self] in self?.end(request.id, nil) }
        waiting[request.id] = Waiting(continuation: continuation, patience: ticket)
        senses.prober?.send(request)
    }

    /// An outcome that nobody waits for any more is dropped. nil: nothing came.
    func end(_ id: ProbeID, _ outcome: ProbeOutcome?) {
        guard let one = waiting.removeValue(forKey: id) else { return }
        senses.poll.remove(one.patience)
        one.continuation.resume(returning: outcome)
    }
}
