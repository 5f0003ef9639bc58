import Dispatch
import Floor
import Glibc
import Model
import Probing

/// CPU seconds of this process so far, its own and the kernel's for it.
func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

/// Evenly spread, as the engine does it; a millisecond's worth at a time, as the daemon's timer does it.
func load(_ words: [String], _ prober: Prober, _ queue: DispatchQueue) -> String? {
    // Touched on its queue only.
    nonisolated(unsafe) let prober = prober
    nonisolated(unsafe) var sent = 0
    guard words.count >= 7, let seconds = Double(words[1]), let interval = Double(words[2]), let firstIndex = UInt32(words[4]),
        let wans = UInt32(words[5]), let wan = WANName("wan")
    else { return nil }
    let addresses = words.dropFirst(6).compactMap(IPAddress.init)
    var requests: [ProbeRequest] = []
    for address in addresses {
        for number in 0..<wans {
            guard let interface = InterfaceName("\(words[3])\(number)") else { return nil }
            requests.append(
                ProbeRequest(
                    id: ProbeID(number: .max), wan: wan, interface: interface, interfaceIndex: firstIndex + number,
                    question: .echo(.address(address)),
                    gateway: nil, timeout: .seconds(1)))
        }
    }
    let pace = Double(requests.count) / interval
    let (start, before) = (Instant.now(), cpuSeconds())
    let first = queue.sync { prober.counters }
    let done = DispatchSemaphore(value: 0)
    let timer = DispatchSource.makeTimerSource(queue: queue)
    timer.setEventHandler {
        let passed = (Instant.now() - start).inSeconds
        guard passed < seconds else {
            timer.cancel()
            done.signal()
            return
        }
        while Double(sent) < passed * pace {
            prober.send(requests[sent % requests.count])
            sent += 1
        }
    }
    timer.schedule(deadline: .now(), repeating: .milliseconds(1), leeway: .microseconds(500))
    timer.activate()
    done.wait()
    let last = queue.sync { prober.counters }
    return "load cpu=\(cpuSeconds() - before) sent=\(last.sent - first.sent) replies=\(last.replies - first.replies)"
}
