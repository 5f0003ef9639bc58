import Model
import Testing

@Suite struct SessionTimeoutsTests {
    /// The kernel's own, and an established session's as an administrator has it.
    static let timeouts = SessionTimeouts([
        SessionTimeouts.icmp: [1: 30], SessionTimeouts.icmp6: [1: 31],
        SessionTimeouts.tcp: [1: 120, 2: 60, 3: 7440, 4: 120, 5: 60, 6: 30, 7: 120, 8: 10, 9: 120, 10: 301, 11: 300],
        SessionTimeouts.udp: [1: 30, 2: 120], SessionTimeouts.gre: [1: 33, 2: 180], SessionTimeouts.generic: [1: 600],
    ])

    func entry(
        _ transport: UInt8, _ expires: UInt32?, tcp: UInt8? = nil, isAnswered: Bool = true, isAssured: Bool = true
    ) throws -> SessionEntry {
        let address = try #require(IPAddress("192.0.2.1"))
        return SessionEntry(
            source: address, destination: address, repliesTo: address, transport: transport, mark: 0, isAnswered: isAnswered,
            isAssured: isAssured, tcpState: tcp, expiresInSeconds: expires, id: 1)
    }

    @Test(
        "a session's silence is what is gone of the timeout of its state",
        arguments: [
            // State, what is left, silence.
            (3, 7440, 0), (3, 7439, 1), (3, 302, 7138), (1, 119, 1), (4, 0, 120), (8, 10, 0),
            // Longer than it can be: the timeout was another one when it was wound up.
            (3, 7441, nil), (8, 11, nil), (12, 1, nil),
        ] as [(UInt8, UInt32, UInt32?)])
    func tcp(_ state: UInt8, _ left: UInt32, _ idle: UInt32?) throws {
        #expect(Self.timeouts.idleSeconds(of: try entry(6, left, tcp: state)) == idle)
    }

    @Test(
        "an established session that lacks an acknowledgement, as all do whose WAN has failed, isn't taken for one silent for hours",
        arguments: [(300, 0), (299, 1), (250, 50), (301, 0)] as [(UInt32, UInt32)])
    func unacknowledged(_ left: UInt32, _ idle: UInt32) throws {
        #expect(Self.timeouts.idleSeconds(of: try entry(6, left, tcp: 3)) == idle)
    }

    @Test("UDP has one timeout while it is young and another when it has lasted, GRE from the first reply on")
    func streams() throws {
        let timeouts = Self.timeouts
        #expect(timeouts.idleSeconds(of: try entry(17, 25, isAnswered: false, isAssured: false)) == 5)
        #expect(timeouts.idleSeconds(of: try entry(17, 25, isAssured: false)) == 5)
        #expect(timeouts.idleSeconds(of: try entry(17, 25)) == 95)
        #expect(timeouts.idleSeconds(of: try entry(47, 30, isAnswered: false, isAssured: false)) == 3)
        #expect(timeouts.idleSeconds(of: try entry(47, 170, isAssured: false)) == 10)
    }

    @Test(
        "the other protocols have one timeout each, or share one",
        arguments: [(1, 29, 1), (58, 29, 2), (50, 590, 10), (132, 100, nil), (136, 100, nil)] as [(UInt8, UInt32, UInt32?)])
    func others(_ transport: UInt8, _ left: UInt32, _ idle: UInt32?) throws {
        #expect(Self.timeouts.idleSeconds(of: try entry(transport, left)) == idle)
    }

    @Test("nobody knows a silence that isn't told, or by timeouts that aren't")
    func unknown() throws {
        #expect(Self.timeouts.idleSeconds(of: try entry(6, nil, tcp: 3)) == nil)
        #expect(Self.timeouts.idleSeconds(of: try entry(6, 100)) == nil)
        #expect(SessionTimeouts.unknown.idleSeconds(of: try entry(6, 100, tcp: 3)) == nil)
        #expect(!SessionTimeouts.unknown.areKnown && Self.timeouts.areKnown)
    }
}
