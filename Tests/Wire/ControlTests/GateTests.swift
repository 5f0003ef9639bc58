import Control
import ControlFixtures
import Floor
import Testing

@testable import Varlink

@Suite struct GateTests {
    @Test(
        "root and the daemon's user may all, the group may read, others only ask what this is",
        arguments: [
            (uid: 0, groups: [], reads: true, changes: true),
            (uid: 990, groups: [], reads: true, changes: true),
            (uid: 1000, groups: [100, 991], reads: true, changes: false),
            (uid: 1000, groups: [100], reads: false, changes: false),
            (uid: 65534, groups: [0], reads: false, changes: false),
        ] as [(uid: UInt32, groups: Set<UInt32>, reads: Bool, changes: Bool)])
    func gate(uid: UInt32, groups: Set<UInt32>, reads: Bool, changes: Bool) {
        let gate = Gate(user: 990, group: 991)
        let peer = Peer(pid: 1, uid: uid, groups: groups)
        let methods = VarlinkService.control(StubHandler()).methods
        let needs = Dictionary(uniqueKeysWithValues: methods.map { ($0.name.split(separator: ".").last.map(String.init) ?? "", $0.need) })
        let expected: [String: Bool] = [
            "GetInfo": true, "GetInterfaceDescription": true, "Status": reads, "Watch": reads, "Events": reads, "Explain": reads,
            "Quality": reads, "Clients": reads, "Reports": reads, "Metrics": reads, "Samples": reads, "Switch": changes, "Drill": changes,
            "Reload": changes, "Probe": changes,
        ]
        #expect(needs.mapValues { gate.admits(peer, $0) } == expected)
    }

    @Test("without a group for the socket nobody reads by being in one")
    func noGroup() {
        let gate = Gate(user: 990, group: nil)
        #expect(!gate.admits(Peer(pid: 1, uid: 1000, groups: [0, 990, 991]), .reading))
    }
}
