import ControlFixtures
import ControlProtocol
import Floor
import Testing
@testable import Control

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
        for method in ControlMethod.allCases {
            let expected =
                switch method {
                case .getInfo, .getInterfaceDescription: true
                case .status, .watch, .events, .explain, .quality, .clients, .reports, .metrics, .samples: reads
                case .switch, .drill, .reload, .probe: changes
                }
            #expect(gate.admits(peer, to: method) == expected, "\(method.rawValue)")
        }
    }

    @Test("without a group for the socket nobody reads by being in one")
    func noGroup() {
        let gate = Gate(user: 990, group: nil)
        #expect(!gate.admits(Peer(pid: 1, uid: 1000, groups: [0, 990, 991]), to: .status))
    }
}
