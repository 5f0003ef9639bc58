import Control
import ControlProtocol
import Dispatch
import Glibc
import Varlink

/// Follows the daemon's events for ever, on a thread of its own: the client of the control socket waits for what it reads.
struct Follower: Sendable {
    enum News: Sendable {
        /// The first reply of a connection: all that the daemon still has.
        case connected(past: [ControlEvent], weWereFirst: Bool)
        case happened(ControlEvent)
        /// Why there is no connection, the first time after there was one; another attempt follows.
        case away(ControlClientError)
    }

    static let shortestPause: Int32 = 100
    static let longestPause: Int32 = 5000

    let control: String
    let deliver: @Sendable (News) -> Void

    func start() { DispatchQueue(label: "net.uplinkd.hooks.follower").async { follow() } }

    private func follow() {
        var pause = Self.shortestPause
        var weWereFirst = false
        var isTold = false
        while true {
            let begun = ContinuousClock.now
            do throws(ControlClientError) {
                var replies = try ControlClient(path: control).follow(last: nil)
                var isFirst = true
                while let events = try replies.next()?.events {
                    if isFirst {
                        deliver(.connected(past: events, weWereFirst: weWereFirst))
                    } else {
                        events.forEach { deliver(.happened($0)) }
                    }
                    isFirst = false
                    isTold = false
                }
            } catch {
                if case .noSocket = error { weWereFirst = true }
                if case .nobodyListens = error { weWereFirst = true }
                if !isTold { deliver(.away(error)) }
                isTold = true
            }
            // One that closes at once, again and again, isn't asked more often than one that isn't there.
            if begun.duration(to: .now) > .milliseconds(Int(Self.longestPause)) { pause = Self.shortestPause }
            poll(nil, 0, pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
