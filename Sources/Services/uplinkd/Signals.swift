import Control
import ControlProtocol
import Dispatch
import Engine
import Floor
import Glibc
import Model

/// Starts the daemon, and passes on what the outside says by signals.
final class Signals {
    private let daemon: Daemon
    private let manager: ServiceManager
    private var sources: [any DispatchSourceProtocol] = []

    init(daemon: Daemon, manager: ServiceManager) {
        self.daemon = daemon
        self.manager = manager
    }

    func start() {
        signal(SIGPIPE, SIG_IGN)
        on(SIGHUP) { daemon in
            // What went wrong has been published by the daemon, and there is nobody here to be told.
            do throws(ControlError) { _ = try await daemon.reload() } catch {}
        }
        for number in [SIGTERM, SIGINT] {
            on(number) { daemon in
                await daemon.stop()
                exit(0)
            }
        }
        if let watchdog = manager.watchdog {
            let timer = DispatchSource.makeTimerSource(queue: daemon.executor.queue)
            // From the engine's own queue: if that hangs, the service manager has to know.
            timer.schedule(deadline: .now(), repeating: .nanoseconds(Int(watchdog.nanoseconds / 2)), leeway: .milliseconds(500))
            timer.setEventHandler { [daemon] in daemon.assumeIsolated { $0.watchdogFed() } }
            timer.activate()
            sources.append(timer)
        }
        Task { [daemon, manager] in
            do {
                try await daemon.start()
                manager.notify("READY=1", "STATUS=\(await daemon.summary)")
            } catch let error as ControlServerError {
                if case .alreadyRunning = error { Failure(status: .alreadyRunning, message: "\(error)").exit() }
                Failure(status: .failed, message: "\(error)").exit()
            } catch {
                Failure(status: .failed, message: "\(error)").exit()
            }
        }
    }

    private func on(_ number: Int32, _ action: @escaping @Sendable (Daemon) async -> Void) {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: daemon.executor.queue)
        source.setEventHandler { [daemon] in Task { await action(daemon) } }
        source.activate()
        sources.append(source)
    }
}
