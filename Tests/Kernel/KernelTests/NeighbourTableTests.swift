import Glibc
import LinuxKernel
import Model
import Plan
import Testing

@Suite(.serialized, .enabled(if: Place.isNamespace)) struct NeighbourTableTests {
    let lan: InterfaceName
    let other: InterfaceName
    let bench: LinuxBench

    init() throws {
        lan = try #require(InterfaceName("l0-\(getpid())"))
        other = try #require(InterfaceName("l1-\(getpid())"))
        bench = try LinuxBench()
        for name in [lan, other] {
            try bench.plug(name, [try #require(IPv4Prefix("192.0.2.1/24"))], [try #require(IPv6Prefix("fd00::1/64"))])
        }
    }

    @Test("those on the interfaces asked for are told, with what the kernel knows of each")
    func states() throws {
        let states = [
            ("192.0.2.2", "reachable"), ("192.0.2.3", "stale"), ("192.0.2.4", "delay"), ("192.0.2.5", "permanent"), ("192.0.2.6", "noarp"),
            ("fd00::2", "reachable"), ("fd00::3", "probe"), ("192.0.2.8", "failed"),
        ]
        var commands = ["neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev \(other) nud permanent"]
        for (number, state) in states.enumerated() {
            commands.append("neigh replace \(state.0) lladdr 02:00:5E:10:00:0\(number) dev \(lan) nud \(state.1)")
        }
        commands += ["neigh add proxy 192.0.2.9 dev \(lan)", "neigh replace ff02::2 lladdr 33:33:00:00:00:02 dev \(lan) nud noarp"]
        try run(["ip", "-batch", "-"], input: commands.joined(separator: "\n"))
        let lines = try NeighbourTable.read(of: [lan]).map { "\($0.address) \($0.mac ?? "-") \($0.state)" }
        // What was asked after (delay, probe) has failed by now, if this took long.
        let told = Set(lines.map { $0.replacing(" delay", with: " stale") })
        #expect(
            told.isSuperset(of: [
                "192.0.2.2 02:00:5e:10:00:00 reachable", "192.0.2.3 02:00:5e:10:00:01 stale", "192.0.2.5 02:00:5e:10:00:03 permanent",
                "192.0.2.6 02:00:5e:10:00:04 permanent", "fd00::2 02:00:5e:10:00:05 reachable", "192.0.2.8 - failed",
            ]))
        #expect(
            Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) }) == Set(states.map(\.0)), "\(lines)")
        let gone = try #require(InterfaceName("gone"))
        #expect(try NeighbourTable.read(of: [gone, other]).map { "\($0.interface) \($0.address)" } == ["\(other) 192.0.2.7"])
    }
}
