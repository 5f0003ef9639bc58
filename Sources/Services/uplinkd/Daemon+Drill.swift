import Control
import ControlProtocol
import Dispatch
import Engine
import Floor
import Glibc
import Model
import Shell
import Varlink

extension Daemon {
    /// Takes as long as the drill does, and ends it when it is cancelled: the caller has gone. The last step is the answer.
    func drill(_ wanted: DrillParameters, _ caller: ReplyStream<DrillReply>) async throws -> DrillReply? {
        try caller.require()
        let order = try order(wanted)
        let force = wanted.force ?? false
        let number = drills.newCaller()
        let last = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<DrillProgress, DrillRefusal>, Never>) in
                do throws(DrillRefusal) {
                    try drills.begin(order, of: number, force: force, progress: { caller.send(DrillReply(progress: $0)) }) {
                        continuation.resume(returning: .success($0))
                    }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        } onCancel: {
            executor.queue.async { [weak self] in self?.assumeIsolated { $0.drills.left(number) } }
        }
        return DrillReply(progress: try last.mapError { ControlError.drillRefused(reason: $0.sentence) }.get())
    }

    private func order(_ wanted: DrillParameters) throws(ControlError) -> DrillOrder {
        guard let wan = engine.settings.wans.first(where: { $0.name.description == wanted.wan })?.name else {
            throw .unknownWAN(wan: wanted.wan, known: engine.settings.wans.map(\.name.description))
        }
        guard let fault = DrillFault(wanted.fault ?? "down") else {
            throw .drillRefused(reason: DrillRefusal.unknownFault(wanted.fault ?? "").sentence)
        }
        let duration = wanted.seconds.map { Duration.seconds($0) } ?? DrillOrder.standardDuration
        guard DrillOrder.durations.contains(duration) else {
            throw .drillRefused(reason: DrillRefusal.wrongDuration(duration).sentence)
        }
        return DrillOrder(wan: wan, fault: fault, duration: duration, unixTime: Int64(time(nil)))
    }

    /// The daemon is about to leave: what plays the fault has to go with it.
    func endDrillForGood() async {
        guard engine.drill != nil else { return }
        loop.take(.drillEnded(.stopping))
        // The kernel would let the traffic through at the end of the drill all the same.
        let deadline = clock.now() + .seconds(3)
        while !engine.isFirewallSettled, clock.now() < deadline { try? await Task.sleep(for: .milliseconds(10)) }
    }
}
