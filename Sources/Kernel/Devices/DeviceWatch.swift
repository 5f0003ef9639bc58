package import Dispatch
internal import Floor
internal import Glibc
package import Model
package import Plan

/// Lists the interfaces anew as often as the kernel or udev tells of one, on a queue of its own: what sysfs says of a stick may have to wait for the
/// stick, and the engine doesn't wait for anybody.
package final class DeviceWatch: Sendable {
    private final class State {
        let survey: DeviceSurvey
        var last: [Device]?
        var isDue = false
        var inotify: Descriptor?
        var source: (any DispatchSourceRead)?
        var alarm: DispatchWorkItem?

        init(_ survey: DeviceSurvey) { self.survey = survey }
    }

    private let queue: DispatchQueue
    /// Touched on the queue only.
    nonisolated(unsafe) private let state: State
    private let tell: @Sendable (Result<[Device], KernelError>) -> Void

    /// - Parameters:
    ///   - known: what the survey has just said.
    ///   - tell: as often as it says something else; on the watch's queue.
    package init(
        _ survey: sending DeviceSurvey = DeviceSurvey(), known: [Device],
        queue: DispatchQueue = DispatchQueue(label: "net.uplinkd.devices"),
        tell: @escaping @Sendable (Result<[Device], KernelError>) -> Void
    ) {
        state = State(survey)
        state.last = known
        self.queue = queue
        self.tell = tell
        look()
    }

    deinit {
        nonisolated(unsafe) let state = state
        queue.async {
            state.source?.cancel()
            state.alarm?.cancel()
        }
    }

    /// A notice has come. Several that come while it looks are one more look.
    package func look() {
        queue.async { [weak self] in
            guard let self, !state.isDue else { return }
            state.isDue = true
            queue.async { [weak self] in self?.survey() }
        }
    }

    private func survey() {
        state.isDue = false
        followRecords()
        do throws(KernelError) {
            let devices = try state.survey.devices()
            if devices != state.last {
                state.last = devices
                tell(.success(devices))
            }
        } catch {
            tell(.failure(error))
        }
        state.alarm?.cancel()
        state.alarm = nil
        guard let end = state.survey.patienceEnds else { return }
        let alarm = DispatchWorkItem { [weak self] in self?.survey() }
        state.alarm = alarm
        let left = (ContinuousClock.now.duration(to: end)).inSeconds
        queue.asyncAfter(deadline: .now() + max(left, 0) + 0.01, execute: alarm)
    }

    /// udev puts a record in place by renaming it (`device_update_db`). Before it has written the first one there is no folder to watch.
    private func followRecords() {
        guard state.source == nil else { return }
        let number = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard number >= 0 else { return }
        let descriptor = Descriptor(number)
        guard inotify_add_watch(number, state.survey.files.recordsFolder, UInt32(IN_MOVED_TO | IN_CLOSE_WRITE)) >= 0 else { return }
        let source = DispatchSource.makeReadSource(fileDescriptor: number, queue: queue)
        source.setEventHandler { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            // Which one it was counts for nothing.
            while read(number, &buffer, buffer.count) > 0 {}
            self?.look()
        }
        source.setCancelHandler { withExtendedLifetime(descriptor) {} }
        source.activate()
        state.inotify = descriptor
        state.source = source
    }
}
