internal import Glibc

/// A box with many WANs and nothing else: each is a veth whose far end answers pings as gateway and as every target. For the question what
/// probing costs; there is nobody behind the box.
package struct ManyWANs: Sendable {
    package let count: Int
    /// Those beyond the gateways.
    package let targets: [String]
    private let near: Node
    private let far: String

    package static func interface(_ number: Int) -> String { "wan\(number)" }
    package static func address(_ number: Int) -> String { "100.64.\(number).2" }
    package static func gateway(_ number: Int) -> String { "100.64.\(number).1" }

    package static func with<Result: Sendable>(
        _ count: Int, targets: Int, programs: Programs, isolation: isolated (any Actor)? = #isolation,
        _ story: (ManyWANs) async throws -> Result
    ) async throws -> Result {
        guard (1...200).contains(count), (1...200).contains(targets) else { throw LabError("1 to 200 WANs and 1 to 200 targets") }
        let name = Lab.nextName()
        let box = ManyWANs(
            count: count, targets: (1...targets).map { "203.0.113.\($0)" },
            near: Node(namespace: "\(name)-router", programs: programs, children: Children()), far: "\(name)-internet")
        let outcome: Swift.Result<Result, any Error>
        do {
            try await Command.script(box.buildScript)
            outcome = .success(try await story(box))
        } catch {
            outcome = .failure(error)
        }
        let teardown = await Task {
            let standing = Set(try await Cleanup.namespaces())
            try await Command.script(Topology.removalScript([box.near.namespace, box.far].filter(standing.contains)))
        }.result
        let result = try outcome.get()
        try teardown.get()
        return result
    }

    /// The last processor, and no other, runs the program.
    package func runOnOneProcessor(_ arguments: [String]) async throws -> String {
        try await near.run(["taskset", "-c", "\(Self.processors - 1)"] + arguments)
    }

    static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private var buildScript: String {
        var text = Topology.batch(["netns add \(near.namespace)", "netns add \(far)"])
        // New devices take these over. Replies come from addresses that every WAN leads to.
        text += "ip netns exec \(near.namespace) sh -e -c 'echo 2 > /proc/sys/net/ipv4/conf/default/rp_filter'\n"
        text += Topology.batch(
            (1...count).map { Topology.pair(Self.interface($0), near.namespace, "wan\($0)", far, index: 1000 + $0) })
        text += Topology.batch(
            (1...count).flatMap { number in
                Topology.up(Self.interface(number)) + [
                    "address add \(Self.address(number))/24 dev \(Self.interface(number))",
                    "route add default via \(Self.gateway(number)) dev \(Self.interface(number)) metric \(number)",
                ]
            }, in: near.namespace)
        text += Topology.batch(
            Topology.up("lo") + targets.map { "address add \($0)/32 dev lo" }
                + (1...count).flatMap { number in
                    Topology.up("wan\(number)") + ["address add \(Self.gateway(number))/24 dev wan\(number)"]
                }, in: far)
        return text + steering
    }

    /// A veth hands a packet over within the sender's system call, so the sender would be charged for the far end's work and for its own
    /// reception too. Receive packet steering gives the far end's work to the first processor and the box's own to the last one, where
    /// a network card would raise its interrupt.
    private var steering: String {
        guard Self.processors > 1 else { return "" }
        func steer(_ namespace: String, to processor: Int) -> String {
            """
            ip netns exec \(namespace) sh -e -c 'for f in /sys/class/net/wan*/queues/rx-*/rps_cpus; do echo \(String(1 << processor, radix: 16)) > $f; done'

            """
        }
        return steer(near.namespace, to: Self.processors - 1) + steer(far, to: 0)
    }
}
