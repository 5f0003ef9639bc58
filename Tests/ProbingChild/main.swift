// A prober that is told what to do on standard input and says on standard output what came of it, a line each.
//
//     send ID INTERFACE INDEX ADDRESS     → answered ID SECONDS  or  not-sent ID ERROR
//     retain INTERFACE…                   → retained
//     counters                            → counters sent=N not-sent=N replies=N REASON=N …
import Dispatch
import Glibc
import Model
import Probing

@Sendable func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    // A line is shorter than PIPE_BUF, so it is written whole.
    guard write(1, bytes, bytes.count) == bytes.count else { exit(1) }
}

func describe(_ counters: ProbeCounters) -> String {
    var words = ["sent=\(counters.sent)", "not-sent=\(counters.notSent)", "replies=\(counters.replies)"]
    words += IgnoredReply.allCases.map { "\($0.rawValue)=\(counters.ignored[$0] ?? 0)" }
    return words.joined(separator: " ")
}

func request(_ words: [String]) -> ProbeRequest? {
    guard words.count == 5, let id = UInt64(words[1]), let wan = WANName("wan"), let interface = InterfaceName(words[2]),
        let index = UInt32(words[3]), let address = IPv4Address(words[4])
    else { return nil }
    return ProbeRequest(
        id: id, wan: wan, interface: interface, interfaceIndex: index, question: .echo(.address(.v4(address))), gateway: nil,
        timeout: .seconds(1))
}

let queue = DispatchQueue(label: "prober")
let prober = queue.sync {
    ICMPProber(queue: queue) { id, outcome in
        switch outcome {
        case .answered(let seconds): say("answered \(id) \(seconds)")
        case .wrong(let answer): say("wrong \(id) \(answer.kind.rawValue) \(answer.detail)")
        case .notSent(let error): say("not-sent \(id) \(error)")
        }
    }
}

while let line = readLine() {
    let words = line.split(separator: " ").map(String.init)
    queue.sync {
        switch words.first {
        case "send":
            if let request = request(words) { prober.send(request) } else { say("bad \(line)") }
        case "retain":
            prober.retain(only: Set(words.dropFirst().compactMap { InterfaceName($0) }))
            say("retained")
        case "counters": say("counters \(describe(prober.counters))")
        default: say("bad \(line)")
        }
    }
}
