import Chassis
import Control
import ControlProtocol
import Dispatch
import Floor
import Glibc
import LANFiles
import Model
import Varlink

/// Keeps the list of resolvers that the LAN's dnsmasq asks: those of the WAN that carries. While uplinkd is away the list stays as it is.
actor Service {
    private let path: String
    private let control: String
    private let log: ServiceLog
    private let configured: @Sendable () throws(Failure) -> LANService?
    nonisolated let executor = QueueExecutor(queue: DispatchQueue(label: "net.uplinkd.lan"))
    private let poll: Poll
    /// nil: the LAN is somebody else's, as far as the configuration goes that was read last.
    private var lan: LANService?
    private var written: ResolverList?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        list path: String, control: String, log: ServiceLog, configured: @escaping @Sendable () throws(Failure) -> LANService?
    ) {
        self.path = path
        self.control = control
        self.log = log
        self.configured = configured
        poll = Poll(queue: executor.queue)
    }

    /// dnsmasq, which is ordered after us, finds a list from the first moment on.
    func start() throws -> String {
        lan = try configured()
        begin()
        Task { await ControlFollower(path: control).run { await self.heard($0) } }
        return lan.map { "Serves \($0.address) on \($0.interface)." } ?? "Nothing to serve: 'lan.address' isn't configured."
    }

    private func begin() {
        guard let lan, access(path, F_OK) != 0 else { return }
        write(ResolverList(carrying: nil, wans: [], given: lan.upstream), because: "uplinkd hasn't been heard of yet")
    }

    /// The configuration has been changed: what dnsmasq and networkd are told of it is written by `--write`.
    func reload() async {
        do {
            lan = try configured()
            begin()
            await look()
        } catch {
            log.write(.error, "\(error.message). Everything stays as it was.")
        }
    }

    private func heard(_ news: ControlFollower.News) async {
        switch news {
        case .connected(let status, _, _):
            log.write(.info, "Connected to uplinkd.")
            take(status)
        // Events are few, and after each of them another WAN may carry, or have another lease. Signs of life come every minute.
        case .happened, .alive: await look()
        case .away(let error, let isNew): if isNew { log.write(.notice, "\(error) Trying again; the LAN asks whom it asked before.") }
        }
    }

    private func look() async {
        do {
            take(try await AsyncClient<ControlError>(path: control, poll: poll).call(ControlMethod.status, NoParameters()).status)
        } catch {
            // The follower has its own connection, and tells when there is none.
        }
    }

    private func take(_ status: Status) {
        // Between two WANs, or with none that works, there is nobody better to ask than those before.
        guard let lan, let carrying = status.selection.wan else { return }
        let wans = status.wans.map { wan in
            ResolverList.WAN(name: wan.name, resolvers: (wan.resolvers ?? []).compactMap { IPAddress($0) })
        }
        write(ResolverList(carrying: carrying, wans: wans, given: lan.upstream), because: "\(carrying) carries")
    }

    private func write(_ list: ResolverList, because reason: String) {
        guard list != written else { return }
        do {
            // dnsmasq looks at it as soon as it stands there, and goes on with what it is asking.
            try Files.replace(path, with: Array(list.text.utf8), mode: 0o644)
            written = list
            log.write(.info, "The LAN's names are asked of \(list.servers.map(\.description).joined(separator: ", ")): \(reason).")
        } catch {
            log.write(.error, "\(error). The LAN asks whom it asked before.")
        }
    }
}
