import Control
import ControlProtocol
import Dispatch
import Glibc
import Synchronization

/// Asks uplinkd once a second, on a thread of its own: keys and a changed size are answered at once, whatever uplinkd does.
final class ScreenFeed: Sendable {
    struct News: Sendable {
        var status: Status
        var quality: [WANQuality]
        var events: [ControlEvent]
    }

    /// The latest, for whoever comes and takes it.
    private let latest = Mutex<Result<News, any Error>?>(nil)
    private let wake: @Sendable () -> Void

    static let mostEvents = 200

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    func start(_ control: String) {
        DispatchQueue(label: "feed").async { [self] in
            do {
                let client = try ControlClient(path: control)
                while true {
                    let news = try News(
                        status: client.status(), quality: client.quality(of: nil), events: client.events(last: Self.mostEvents))
                    put(.success(news))
                    // The seconds between them are the plot's.
                    poll(nil, 0, 1000)
                }
            } catch {
                put(.failure(error))
            }
        }
    }

    private func put(_ news: Result<News, any Error>) {
        latest.withLock { $0 = news }
        wake()
    }

    func take() throws -> News? {
        let news = latest.withLock { news in
            defer { news = nil }
            return news
        }
        return try news?.get()
    }
}
