import ControlProtocol
import FoundationEssentials
import Glibc

/// `uplinkctl watch` on a terminal.
struct FullScreen {
    /// Whether standard output can show it.
    static var isPossible: Bool {
        let name = Self.environment("TERM") ?? ""
        return isatty(STDOUT_FILENO) == 1 && !name.isEmpty && name != "dumb"
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Until somebody presses q, or uplinkd is gone. What was on the terminal before is there again afterwards, in any case.
    static func run(_ control: String, first status: Status) throws {
        var terminal = try Terminal()
        let style = ScreenStyle(environment)
        var state = ScreenState(host: hostName(), time: wireTime(Date()), status: status)
        let feed = ScreenFeed { Terminal.wake() }
        try terminal.enter()
        defer { terminal.leave() }
        feed.start(control)
        var shown: [String] = []
        while true {
            let lines = ScreenText.lines(state, terminal.size, style)
            if lines != shown { try terminal.show(lines) }
            shown = lines
            switch terminal.next() {
            case .key(UInt8(ascii: "q")), .key(UInt8(ascii: "Q")), .inputEnded: return
            case .key: break
            // The terminal may have moved its text about.
            case .resized: shown = []
            case .suspended:
                try terminal.suspend()
                shown = []
            case .ended(let number): terminal.end(by: number)
            case .woken:
                guard let news = try feed.take() else { break }
                state.status = news.status
                state.events = news.events
                state.time = wireTime(Date())
                if let quality = news.quality { state.take(quality) }
                if let past = news.past { state.recall(past, at: Int(Date().timeIntervalSince1970)) }
                if let clients = news.clients { state.take(clients) }
            }
        }
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "?" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
