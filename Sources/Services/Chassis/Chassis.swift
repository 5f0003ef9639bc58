package import Dispatch
package import Floor
import Glibc
import Model

/// What each service of ours does alike: it hears signals, tells systemd how it is, writes a log, and ends with a status that scripts know.
package struct Chassis: Sendable {
    package let name: String
    package let log: ServiceLog
    package let manager = ServiceManager()

    private static let ending = [SIGTERM, SIGINT]
    /// A task of the main thread would be above all others. Dispatch would start a thread for it later on from one that is at 0 (nice(2)), and without
    /// CAP_SYS_NICE no thread can be put above the one that has started it: it complains to the journal.
    private static let priority = TaskPriority.medium

    /// To be made before anything else is done: from here on a signal waits until it is taken, and one that comes in the middle of the start is
    /// neither lost nor the end. Threads have what the one that made them blocks.
    ///
    /// - Parameter signals: besides SIGTERM and SIGINT.
    package init(_ name: String, signals: [Int32] = [], log: ServiceLog = ServiceLog()) {
        self.name = name
        self.log = log
        Memory.keepSmall()
        // A client or a service manager that is gone must not end us.
        signal(SIGPIPE, SIG_IGN)
        var blocked = Self.set(of: Self.ending + signals)
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
    }

    private static func set(of signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in signals { sigaddset(&set, number) }
        return set
    }

    /// Runs until a signal ends it. From the main thread, which then does nothing but wait for signals: `dispatchMain` would let in those that
    /// nobody has taken.
    ///
    /// - Parameters:
    ///   - queue: the service's own. The watchdog is fed from there: if that hangs, systemd has to know.
    ///   - signals: those that `init` was told of.
    ///   - start: gives a line for `systemctl status` when it is ready; nil: the service says itself when that is.
    ///   - stop: has the time that systemd gives it.
    package func run(
        on queue: DispatchQueue, signals: [Int32: @Sendable () async -> Void] = [:],
        start: @escaping @Sendable () async throws -> String?, stop: @escaping @Sendable () async -> Void
    ) -> Never {
        let timer = watchdog(on: queue)
        defer { withExtendedLifetime(timer) {} }
        let started = DispatchSemaphore(value: 0)
        Task(priority: Self.priority) {
            do {
                if let status = try await start() { manager.notify("READY=1", "STATUS=\(status)") }
            } catch {
                fail(Failure(error))
            }
            started.signal()
        }
        started.wait()
        var taken = Self.set(of: Self.ending + signals.keys)
        while true {
            var number: Int32 = 0
            guard sigwait(&taken, &number) == 0 else { continue }
            let action = signals[number]
            Task(priority: Self.priority) {
                if let action { return await action() }
                await stop()
                end(0)
            }
        }
    }

    /// A service without a watchdog has the timer, too: the first one starts Dispatch's manager thread, which wants to be above all others, and here
    /// it is started by a thread that hasn't been put down yet.
    private func watchdog(on queue: DispatchQueue) -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        if let time = manager.watchdog {
            timer.schedule(deadline: .now(), repeating: .nanoseconds(Int(time.nanoseconds / 2)), leeway: .milliseconds(500))
            timer.setEventHandler { manager.notify("WATCHDOG=1") }
        } else {
            timer.schedule(deadline: .now())
        }
        queue.sync { timer.activate() }
        return timer
    }

    package func fail(_ failure: Failure) -> Never {
        standardError.add("\(name): \(failure.message)")
        end(failure.status.rawValue)
    }

    /// What waits in the log gets out before, if anybody reads it.
    package func end(_ status: Int32) -> Never {
        standardError.flush()
        exit(status)
    }
}
