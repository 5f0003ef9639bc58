import Dispatch
import CLinux
import Glibc
import Model
import Floor

/// A program of the administrator's. Exit status 0 is the right answer.
///
/// Its process group ends with it, or when the time is over: first by SIGTERM, a second later by SIGKILL.
final class ScriptProbe: ProbeJob {
    struct Key: Hashable {
        var wan: WANName
        var command: [String]
    }

    /// Those that run, shared by all these probes: one that hangs must not be started a second time.
    final class Running { var keys: Set<Key> = [] }

    // As for iptables: nothing may come from somebody's home.
    private static let path = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"
    private static let outputLimit = 4096
    private static let readsPerWakeUp = 16
    private static let grace = Duration.seconds(1)

    private let key: Key
    private let running: Running
    private var child: ScriptChild?
    private var isOutputOpen = true
    private var text: [UInt8] = []
    private var isTimeOver = false

    init(_ request: ProbeRequest, _ loop: ProbeLoop, _ command: [String], _ running: Running) throws(CallError) {
        guard let program = command.first else { throw CallError("there is no program to run") }
        key = Key(wan: request.wan, command: command)
        guard running.keys.insert(key).inserted else { throw CallError("\(program) is still running for this WAN") }
        self.running = running
        super.init(request, loop, asked: .now())
        var environment = [
            "PATH=\(Self.path)", "LC_ALL=C", "UPLINKD_WAN=\(request.wan)", "UPLINKD_INTERFACE=\(request.interface)",
        ]
        if let gateway = request.gateway { environment.append("UPLINKD_GATEWAY=\(gateway)") }
        start(environment)
    }

    private func start(_ environment: [String]) {
        // Touched on its queue only.
        nonisolated(unsafe) let job = self
        let (command, queue) = (key.command, loop.queue)
        DispatchQueue.global().async {
            let result = Result { () throws(CallError) in try ScriptChild.start(command, environment: environment) }
            queue.async { job.started(result) }
        }
    }

    private func started(_ result: Result<ScriptChild, CallError>) {
        switch result {
        case .failure(let error): end(.notSent(error: "\(request.interface): \(error)"))
        case .success(let child):
            self.child = child
            if isTimeOver { child.signal(SIGTERM) }
            do throws(CallError) {
                try watch(child.end)
                try watch(child.output)
            } catch {
                child.signal(SIGKILL)
                end(.notSent(error: "\(request.interface): \(error)"))
            }
        }
    }

    override func ready() {
        guard let child else { return }
        readOutput(of: child)
        guard let result = child.reap() else { return }
        readOutput(of: child)
        if result.status == 0 { return end(.answered(seconds: (Instant.now() - asked).inSeconds)) }
        let firstLine = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        let words = printable(firstLine, limit: 200)
        let reason = result.status.map { "exit status \($0)" } ?? "signal \(result.signal ?? 0)"
        end(.wrong(WrongAnswer(.exec, words.isEmpty ? reason : "\(reason): \(words)")))
    }

    /// What is beyond the limit is read, too, or the program would wait for ever to get rid of it.
    private func readOutput(of child: ScriptChild) {
        guard isOutputOpen else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<Self.readsPerWakeUp {
            let count = buffer.withUnsafeMutableBytes { bytes in
                retried { read(child.output.number, bytes.baseAddress, bytes.count) }
            }
            guard count > 0 else {
                if count == 0 || errno != EAGAIN { closeOutput() }
                return
            }
            text += buffer[..<Swift.min(count, Self.outputLimit - text.count)]
        }
    }

    /// At its end it would be ready for ever.
    private func closeOutput() {
        isOutputOpen = false
        unwatchLast()
    }

    override func expired() {
        if isTimeOver {
            child?.signal(SIGKILL)
        } else {
            isTimeOver = true
            child?.signal(SIGTERM)
            loop.report(request.id, .wrong(WrongAnswer(.exec, "it didn't end within \(request.timeout)")))
        }
        wait(until: .now() + Self.grace)
    }

    private func end(_ outcome: ProbeOutcome) {
        running.keys.remove(key)
        // That it took too long has been told.
        finish(isTimeOver ? nil : outcome)
    }
}
