import Control
import ControlProtocol
import Dispatch
import Engine
import Floor
import Glibc
import Model
import Shell

extension Daemon {
    func drill(
        _ wanted: DrillParameters, progress: @escaping @Sendable (DrillProgress) -> Void
    ) async throws(ControlError) -> DrillProgress {
        let order = try order(wanted)
        let force = wanted.force ?? false
        let caller = drills.newCaller()
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<DrillProgress, DrillRefusal>, Never>) in
                do throws(DrillRefusal) {
                    try drills.begin(order, of: caller, force: force, progress: progress) { continuation.resume(returning: .success($0)) }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        } onCancel: {
            executor.queue.async { [weak self] in self?.assumeIsolated { $0.drills.left(caller) } }
        }.mapError { ControlError.drillRefused(message: $0.message) }.get()
    }

    private func order(_ wanted: DrillParameters) throws(ControlError) -> DrillOrder {
        guard let wan = engine.settings.wans.first(where: { $0.name.description == wanted.wan })?.name else {
            throw .unknownWAN(wan: wanted.wan, known: engine.settings.wans.map(\.name.description))
        }
        guard let fault = DrillFault(wanted.fault ?? "down") else {
            throw .drillRefused(
                message: "There is no fault '\(wanted.fault ?? "")': write 'down', 'silent', 'lossy=30' (percent, 1 to 99) or 'dns'.")
        }
        let duration = wanted.seconds.map { Duration.seconds($0) } ?? DrillOrder.standardDuration
        guard DrillOrder.durations.contains(duration) else {
            throw .drillRefused(
                message:
                    "A drill lasts from \(DrillOrder.durations.lowerBound.text) to \(DrillOrder.durations.upperBound.text), not \(duration.text)."
            )
        }
        return DrillOrder(wan: wan, fault: fault, duration: duration, unixTime: Int64(time(nil)))
    }

    /// The daemon is about to leave: what plays the fault has to go with it.
    func endDrillForGood() async {
        guard engine.drill != nil else { return }
        loop.take(.drillEnded(reason: "uplinkd stops"))
        // The kernel would let the traffic through at the end of the drill all the same.
        let deadline = clock.now() + .seconds(3)
        while !engine.isFirewallSettled, clock.now() < deadline { try? await Task.sleep(for: .milliseconds(10)) }
    }
}
