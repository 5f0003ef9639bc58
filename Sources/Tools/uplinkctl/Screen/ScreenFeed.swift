import CLinux
import Control
import ControlProtocol
import Dispatch
import Glibc
import Synchronization
import Varlink

/// Asks uplinkd once a second, on threads of its own: keys and a changed size are answered at once, whatever uplinkd does.
final class ScreenFeed: Sendable {
    struct News: Sendable {
        var status: Status
        var quality: [WANQuality]
        var events: [ControlEvent]
        /// nil: as before.
        var clients: [ClientStatus]?
    }

    /// The latest, for whoever comes and takes it.
    private let latest = Mutex<Result<News, any Error>?>(nil)
    private let clients = Mutex<[ClientStatus]?>(nil)
    private let wake: @Sendable () -> Void

    static let mostEvents = 200

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    func start(_ control: String) {
        DispatchQueue(label: "feed").async { [self] in
            do {
                let client = try ControlClient(path: control)
                while true {
                    let counted = clients.withLock { clients in
                        defer { clients = nil }
                        return clients
                    }
                    let news = try News(
                        status: client.status(), quality: client.quality(of: nil), events: client.events(last: Self.mostEvents),
                        clients: counted)
                    put(.success(news))
                    // The seconds between them are the plot's.
                    poll(nil, 0, 1000)
                }
            } catch {
                put(.failure(error))
            }
        }
        // The count goes through all sessions of the box, and nothing waits for it. What keeps it from coming ends the view by the other
        // thread, or it is a daemon that doesn't count.
        DispatchQueue(label: "clients").async { [self] in
            guard let client = try? ControlClient(path: control) else { return }
            while let counted = try? client.clients() {
                clients.withLock { $0 = counted }
                poll(nil, 0, 10_000)
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
