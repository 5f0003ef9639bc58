import Dispatch
import Floor
import LinuxKernel
import Logging
import Plan
import Probing

/// What the daemon knows the network by: it asks the kernel and hears its notices, and it probes. All of it on the engine's queue, by one poll.
final class Senses {
    let poll: Poll
    let kernel: LinuxKernel
    private let notices: KernelNotices
    private(set) var prober: Prober?

    init(queue: DispatchQueue) throws {
        poll = Poll(queue: queue)
        kernel = try LinuxKernel()
        notices = try KernelNotices()
    }

    /// False: the kernel tells of no changes to the firewall.
    var hearsFirewall: Bool { notices.firewallProblem == nil }

    func hearNotices(log: Logger, _ hear: @escaping (Set<KernelNotice>) -> Void) throws(CallError) {
        let read = { [notices] in
            do {
                hear(try notices.read())
            } catch {
                log.error("Notices of the kernel can't be read; looking at everything", metadata: ["problem": "\(error)"])
                hear([.overrun])
            }
        }
        for descriptor in notices.descriptors {
            guard poll.want(.read, poll.add(descriptor) { _ in read() }) else { throw .last("waiting for the kernel's notices") }
        }
        if let problem = notices.firewallProblem {
            log.warning(
                "The kernel tells of no changes to the firewall; it is looked at every few seconds", metadata: ["problem": "\(problem)"])
        }
    }

    func makeProber(_ handler: @escaping Prober.Handler) -> Prober {
        let prober = Prober(poll: poll, handler: handler)
        self.prober = prober
        return prober
    }

    /// For the status.
    var counters: [String: Int] {
        let heard = notices.counters
        var counters = [
            "replies": prober?.counters.replies ?? 0, "replies_ignored": prober?.counters.ignoredInAll ?? 0,
            "notices_overrun": heard.overruns, "notices_malformed": heard.malformed, "notices_foreign": heard.foreign,
        ]
        for (reason, count) in prober?.counters.ignored ?? [:] {
            counters["replies_ignored_" + reason.rawValue.map { $0 == "-" ? "_" : String($0) }.joined()] = count
        }
        return counters
    }
}
