import Clients
import Model
import Testing

@Suite struct CensusTests {
    static let telkom = 0
    static let smartfren = 1
    static let none = 2

    static let ways: [(String, SessionEntry, Int?)] = [
        ("a client's, by its mark", Office.session(Office.host(7), id: 1), telkom),
        (
            "the mark counts more than the address",
            Office.session(Office.host(7), by: 2, repliesTo: Office.address("198.51.100.2"), id: 1),
            smartfren
        ),
        ("older than the marks: by whom the far side answers", Office.session(Office.host(7), by: nil, id: 1), telkom),
        (
            "by no WAN of ours, as by a VPN",
            Office.session(Office.host(7), by: nil, repliesTo: Office.address("10.8.0.2"), id: 1), none
        ),
        ("IPv6", Office.session(Office.address("fd00:1::7"), to: "2001:db8:f::1", id: 1), telkom),
        ("the box's own", Office.session(Office.address("198.51.100.2"), id: 1), nil),
        ("the box's own by its LAN address", Office.session(Office.host(1), id: 1), nil),
        ("to the box: its resolver", Office.session(Office.host(7), by: nil, to: "192.168.1.1", repliesTo: Office.host(7), id: 1), nil),
        ("to another host on the LAN", Office.session(Office.host(7), by: nil, to: "192.168.1.9", repliesTo: Office.host(7), id: 1), nil),
        ("multicast", Office.session(Office.host(7), by: nil, to: "224.0.0.251", repliesTo: Office.host(7), id: 1), nil),
        (
            "in from outside, to a port of ours",
            Office.session(Office.address("192.0.2.80"), to: "198.51.100.2", repliesTo: Office.address("192.0.2.80"), id: 1), nil
        ),
        (
            "in from outside without NAT",
            Office.session(Office.address("2001:db8:f::1"), to: "fd00:1::7", repliesTo: Office.address("2001:db8:f::1"), id: 1), nil
        ),
        ("a guest behind a router on the LAN", Office.session(Office.address("10.20.0.5"), id: 1), telkom),
        (
            "somebody else's transit, without masquerade",
            Office.session(Office.address("10.20.0.5"), repliesTo: Office.address("10.20.0.5"), id: 1), nil
        ),
    ]

    @Test("whose a session is and by which WAN it goes", arguments: ways)
    func way(what: String, session: SessionEntry, way: Int?) {
        #expect(Office.ground.way(of: session) == way, "\(what)")
    }

    @Test("sessions are counted by address and WAN; active is what was answered and moved in the last minute")
    func counts() {
        var census = Census(Office.ground, secondsSince: 5)
        census.add(Office.session(Office.host(7), bytes: 100, id: 1), idleSeconds: 0)
        census.add(Office.session(Office.host(7), bytes: 20, id: 2), idleSeconds: 60)
        census.add(Office.session(Office.host(7), bytes: 3, id: 3), idleSeconds: 61)
        census.add(Office.session(Office.host(7), answered: false, id: 4), idleSeconds: 5)
        census.add(Office.session(Office.host(7), by: 2, id: 5), idleSeconds: 6)
        census.add(Office.session(Office.host(8), by: 2, id: 6), idleSeconds: 1)
        let first = census.count(of: Office.host(7), by: Self.telkom)
        #expect(first.sessions == 4)
        #expect(first.answered == 3)
        #expect(first.active == 2)
        #expect(first.moved == 2)
        #expect(first.movedAnswered == 1)
        #expect(first.bytes == 123)
        #expect(census.count(of: [Office.host(7), Office.host(8)], by: Self.smartfren).sessions == 2)
        #expect(census.count(of: Office.host(8), by: Self.telkom).sessions == 0)
        #expect(Set(census.addresses) == [Office.host(7), Office.host(8)])
        #expect(census.countsBytes)
        #expect(!census.lacksTimes)
    }

    @Test("a session whose silence isn't known counts as active, and the census says so")
    func unknownSilence() {
        var census = Census(Office.ground)
        census.add(Office.session(Office.host(7), id: 1), idleSeconds: nil)
        #expect(census.count(of: Office.host(7), by: Self.telkom).active == 1)
        #expect(census.lacksTimes)
        #expect(!census.countsBytes)
    }

    @Test("what the kernel shows twice, when it begins anew with a bucket, counts once")
    func repeated() {
        var census = Census(Office.ground)
        for id in (1...200).map(UInt32.init) {
            census.add(Office.session(Office.host(7), id: id), idleSeconds: 0)
            if id % 3 == 0 { for again in id - 2...id { census.add(Office.session(Office.host(7), id: again), idleSeconds: 0) } }
        }
        #expect(census.count(of: Office.host(7), by: Self.telkom).sessions == 200)
    }
}
