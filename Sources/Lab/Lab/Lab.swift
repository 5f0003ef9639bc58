internal import Glibc
internal import Synchronization

/// client(s) – router – two providers – Internet, in network namespaces of their own, with real traffic. docs/lab.md has the drawing.
///
///     try await Lab.with { lab in
///         try await lab.startDaemon(.office())
///         let stream = try await lab.client.stream()
///         let fault = try await lab.telkom.cutCable()
///         try await lab.eventually("new sessions leave by smartfren") { try await lab.client.wayOut()?.name == "smartfren" }
///         let report = try await stream.stop()
///     }
package final class Lab: Sendable {
    /// `ul<pid>-<number>`: what every namespace of it begins with.
    package let name: String
    /// /run/uplinkd-lab/<pid>/<number>: configuration, control socket.
    package let folder: String
    package let clients: [Client]
    package let router: Router
    package let telkom: ISP
    package let smartfren: ISP
    package let internet: Internet
    /// The computer in the second LAN, if there is one.
    package let guest: Node?
    let ports = Ports()
    package let programs: Programs
    let children = Children()
    private let topology: Topology
    /// What leaves the router is the daemon's business.
    let hasHadDaemon = Mutex(false)
    var keepsBoxToItsWANs: Bool { topology.options.keepsBoxToItsWANs }
    var masqueradesAll: Bool { topology.options.isEverythingMasqueraded }

    /// Of this process.
    private static let count = Mutex(0)
    package static let runFolder = "/run/uplinkd-lab"

    private init(clients: Int, options: LabOptions) throws {
        guard (1...60).contains(clients) else { throw LabError("a lab has 1 to 60 clients, not \(clients)") }
        let number = Self.nextNumber()
        name = Self.name(number)
        folder = "\(Self.runFolder)/\(getpid())/\(number)"
        let topology = Topology(name: name, clients: clients, options: options)
        self.topology = topology
        let programs = try options.programs ?? Programs()
        self.programs = programs
        let children = children
        func node(_ namespace: String) -> Node { Node(namespace: namespace, programs: programs, children: children) }
        let folder = folder
        let router = Router(
            node: node(topology.router), metrics: options.metrics, folder: folder, isAdvertisedTo: options.advertisements != nil)
        let internet = Internet(node: node(topology.internet))
        func isp(_ provider: Provider) -> ISP {
            ISP(
                provider: provider, node: node(topology.namespace(provider.name)), router: router, topology: topology,
                relay: RelayKeeper(control: "\(folder)/\(provider.name).relay"),
                advertiser: AdvertiserKeeper(every: options.advertisements))
        }
        self.router = router
        self.internet = internet
        telkom = isp(Addresses.telkom)
        smartfren = isp(Addresses.smartfren)
        guest = options.hasGuests ? node(topology.guest) : nil
        let ports = ports
        self.clients = (1...clients).map {
            Client(
                node: node(topology.client($0)), address: Addresses.client($0), address6: Addresses.client6($0), internet: internet,
                ports: ports)
        }
    }

    private static func nextNumber() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }

    private static func name(_ number: Int) -> String { "ul\(getpid())-\(number)" }

    /// For other namespaces of this process, which `Cleanup` then knows too.
    static func nextName() -> String { name(nextNumber()) }

    /// The first client; most stories need no other.
    package var client: Client { clients[0] }

    /// Builds a lab, tells the story in it, and takes it down, whatever happened. A failure carries the logs of everything that ran.
    package static func with<Result: Sendable>(
        clients: Int = 1, options: LabOptions = .init(), isolation: isolated (any Actor)? = #isolation,
        _ story: (Lab) async throws -> Result
    ) async throws -> Result {
        let lab = try Lab(clients: clients, options: options)
        let outcome: Swift.Result<Result, any Error>
        do {
            try await lab.build()
            let result = try await story(lab)
            // What programs send when they are ended has to be right as well.
            try await lab.children.stopAll()
            if lab.masqueradesAll, lab.hasHadDaemon.withLock({ $0 }) { try await lab.checkSources() }
            outcome = .success(result)
        } catch {
            outcome = .failure(await lab.withLogs(error))
        }
        // In a task of its own, which isn't cancelled with ours: Ctrl-C must not leave namespaces behind.
        let teardown = await Task { try await lab.tearDown() }.result
        let result = try outcome.get()
        try teardown.get()
        return result
    }

    /// Polls until it holds. An error of the condition counts as "not yet", unless it says that the daemon has ended; the last
    /// one is in the failure.
    package func eventually(
        _ sentence: String, within: Duration = .seconds(30), every pace: Duration = .milliseconds(20),
        isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
    ) async throws {
        let deadline = Moment.now + within
        var problem = ""
        repeat {
            do {
                if try await condition() { return }
                problem = ""
            } catch is CancellationError {
                throw CancellationError()
            } catch let error as DaemonEnded {
                throw error
            } catch {
                problem = "\nLast error: \(error)"
            }
            try await Task.sleep(for: pace)
        } while Moment.now < deadline
        throw LabError("Not within \(within): \(sentence)\(problem)")
    }

    /// A check whose failure carries the logs.
    package func require(_ sentence: String, _ holds: Bool) throws {
        guard holds else { throw LabError("Does not hold: \(sentence)") }
    }

    private func build() async throws {
        try await Command.run(["mkdir", "-p", folder])
        let leases = [Addresses.telkom, Addresses.smartfren].map { Topology.batch(router.leaseCommands($0), in: topology.router) }
        try await Command.script(topology.buildScript + leases.joined())
        guard topology.options.advertisements != nil else { return }
        async let one: Void = telkom.advertiser.start(in: telkom)
        async let other: Void = smartfren.advertiser.start(in: smartfren)
        _ = try await (one, other)
    }

    private func tearDown() async throws {
        try await children.stopAll()
        let standing = Set(try await Cleanup.namespaces())
        try await Command.script(Topology.removalScript(topology.namespaces.filter(standing.contains)))
        try await Command.run(["rm", "-r", folder])
        // Fails, as it should, while another lab of this process stands.
        rmdir("\(Self.runFolder)/\(getpid())")
    }

    private func withLogs(_ error: any Error) async -> any Error {
        if error is CancellationError { return error }
        let picture: String
        do {
            picture = try await router.picture()
        } catch {
            picture = "\(error)"
        }
        return LabError("\(error)\n\nThe router:\n\(picture)\nWhat ran:\n\(await children.log)")
    }
}
