// A prober that is told what to do on standard input and says on standard output what came of it, a line each.
//
//     send ID INTERFACE INDEX QUESTION [timeout=SECONDS] [gateway=ADDRESS]
//                                         → answered ID SECONDS, wrong ID KIND DETAIL, or not-sent ID ERROR
//     retain INTERFACE…                   → retained
//     routes-changed                      → forgotten
//     load SECONDS INTERVAL NAME FIRST-INDEX WANS ADDRESS…
//                                         → load cpu=SECONDS sent=N replies=N
//                                           every address by every one of the interfaces NAME0, NAME1, …, each once an interval
//     counters                            → counters sent=N not-sent=N replies=N REASON=N …
//
// Questions:
//
//     ADDRESS
//     arp, nd
//     tcp ADDRESS PORT
//     dns SERVER NAME TYPE [expect=TEXT]…
//     http HOST PORT PATH STATUS RESOLVER [body=TEXT]
//     exec PROGRAM ARGUMENT…
import Dispatch
import Floor
import Glibc
import Model
import Probing

@Sendable func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    // A line is shorter than PIPE_BUF, so it is written whole.
    guard write(1, bytes, bytes.count) == bytes.count else { exit(1) }
}

func describe(_ counters: ProbeCounters) -> String {
    var words = [
        "sent=\(counters.sent)", "not-sent=\(counters.notSent)", "replies=\(counters.replies)", "wrong=\(counters.wrong)",
    ]
    words += IgnoredReply.allCases.map { "\($0.rawValue)=\(counters.ignored[$0] ?? 0)" }
    return words.joined(separator: " ")
}

func question(_ words: [String], _ options: [(name: String, value: String)]) -> Question? {
    func option(_ name: String) -> String? { options.first { $0.name == name }?.value }
    switch (words.first, words.count) {
    case ("arp", 1): return .neighbour(.v4)
    case ("nd", 1): return .neighbour(.v6)
    case ("tcp", 3):
        guard let address = IPAddress(words[1]), let port = UInt16(words[2]) else { return nil }
        return .connect(address, port: port)
    case ("dns", 4):
        guard let server = IPAddress(words[1]), let type = DNSQuestion.RecordType(rawValue: words[3]) else { return nil }
        let expected = options.filter { $0.name == "expect" }.map(\.value)
        return .dns(DNSQuestion(server: .address(server), name: words[2], type: type, expected: expected))
    case ("http", 6):
        guard let port = UInt16(words[2]), let status = Int(words[4]), let resolver = IPAddress(words[5]) else { return nil }
        return .http(HTTPQuestion(host: words[1], port: port, path: words[3], status: status, body: option("body"), resolver: resolver))
    case ("exec", 2...): return .exec(Array(words.dropFirst()))
    case (let address?, 1): return IPAddress(address).map { .echo(.address($0)) }
    default: return nil
    }
}

func request(_ words: [String]) -> ProbeRequest? {
    let names = ["timeout", "gateway", "expect", "body"]
    var plain: [String] = []
    var options: [(name: String, value: String)] = []
    for word in words {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, names.contains(parts[0]) { options.append((parts[0], parts[1])) } else { plain.append(word) }
    }
    guard plain.count >= 5, let id = UInt64(plain[1]).map(ProbeID.init), let wan = WANName("wan"), let interface = InterfaceName(plain[2]),
        let index = UInt32(plain[3]), let question = question(Array(plain.dropFirst(4)), options)
    else { return nil }
    let timeout = options.first { $0.name == "timeout" }.flatMap { Double($0.value) } ?? 30
    let gateway = options.first { $0.name == "gateway" }.flatMap { IPAddress($0.value) }
    return ProbeRequest(
        id: id, wan: wan, interface: interface, interfaceIndex: index, question: question, gateway: gateway, timeout: .seconds(timeout))
}

// As the daemon does, and what it starts must not inherit it.
signal(SIGPIPE, SIG_IGN)
let queue = DispatchQueue(label: "prober")
let prober = queue.sync {
    Prober(poll: Poll(queue: queue)) { id, outcome in
        switch outcome {
        // Of a load; its replies are counted.
        case .answered where id.number == .max: break
        case .answered(let seconds): say("answered \(id) \(seconds)")
        case .wrong(let answer): say("wrong \(id) \(answer.kind.rawValue) \(answer.detail)")
        case .tooLong(let most): say("too-long \(id) \(most)")
        case .notSent(let error): say("not-sent \(id) \(error)")
        }
    }
}

while let line = readLine() {
    let words = line.split(separator: " ").map(String.init)
    if words.first == "load" {
        say(load(words, prober, queue) ?? "bad \(line)")
        continue
    }
    queue.sync {
        switch words.first {
        case "send":
            if let request = request(words) { prober.send(request) } else { say("bad \(line)") }
        case "retain":
            prober.retain(only: Set(words.dropFirst().compactMap { InterfaceName($0) }))
            say("retained")
        case "routes-changed":
            prober.routesChanged()
            say("forgotten")
        case "counters": say("counters \(describe(prober.counters))")
        default: say("bad \(line)")
        }
    }
}
