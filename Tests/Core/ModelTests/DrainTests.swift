import Model
import Testing

@Suite("What has to leave a WAN, and when")
struct DrainTests {
    private func udp(_ ports: ClosedRange<UInt16>...) -> SessionClass { SessionClass(transport: 17, ports: ports) }
    private let tcp = SessionClass(transport: 6)

    @Test("without classes all go at once, or never")
    func alike() {
        #expect(Drain().shares == [])
        #expect(Drain(limit: .seconds(9)).shares == [Drain.Share(limit: .seconds(9), classes: [], isRest: true)])
    }

    @Test("each limit has its classes, the rest has what is in none of the others")
    func classes() {
        let drain = Drain(
            limit: .seconds(60),
            classes: [
                DrainClass(udp(5060...5060), limit: .zero), DrainClass(tcp, limit: .seconds(600)),
                DrainClass(udp(53...53), limit: .seconds(60)),
                DrainClass(SessionClass(transport: 50), limit: nil),
            ])
        #expect(
            drain.shares == [
                Drain.Share(limit: .zero, classes: [udp(5060...5060)], isRest: false),
                Drain.Share(limit: .seconds(60), classes: [udp(5060...5060), tcp, SessionClass(transport: 50)], isRest: true),
                Drain.Share(limit: .seconds(600), classes: [tcp], isRest: false),
            ])
    }

    @Test("the first class that fits a session decides: what an earlier one has is taken out of a later one")
    func overlapping() {
        let drain = Drain(
            classes: [
                DrainClass(udp(100...200), limit: .seconds(600)), DrainClass(udp(150...300, 50...100), limit: .seconds(1)),
                DrainClass(SessionClass(transport: 17), limit: .zero), DrainClass(udp(7...7), limit: .seconds(5)),
                DrainClass(tcp, limit: .seconds(7)),
            ])
        #expect(
            drain.shares
                == [
                    Drain.Share(limit: .zero, classes: [udp(0...49, 301...65535)], isRest: false),
                    Drain.Share(limit: .seconds(1), classes: [udp(201...300, 50...99)], isRest: false),
                    Drain.Share(limit: .seconds(7), classes: [tcp], isRest: false),
                    Drain.Share(limit: .seconds(600), classes: [udp(100...200)], isRest: false),
                ].sorted { $0.limit < $1.limit })
    }

    @Test("a class without ports is all of its protocol; one with ports is nothing that has none")
    func fits() {
        #expect(tcp.contains(transport: 6, port: 1) && tcp.contains(transport: 6, port: nil))
        #expect(!tcp.contains(transport: 17, port: 1))
        #expect(udp(5...6).contains(transport: 17, port: 6) && !udp(5...6).contains(transport: 17, port: 7))
        #expect(!udp(5...6).contains(transport: 17, port: nil))
    }

    @Test("a mask is one run of bits", arguments: [(0x0f00_0000, 15), (0x8000_0000, 1), (1, 1), (0xffff_ffff, 4_294_967_295)])
    func mask(bits: UInt32, capacity: Int) throws {
        let mask = try #require(MarkMask(bits: bits))
        #expect(mask.capacity == capacity)
        #expect(mask.mark(ofWAN: 1) & ~bits == 0 && mask.mark(ofWAN: 1) != 0)
        #expect(mask.mark(ofWAN: 1) == bits & (~bits &+ 1))
    }

    @Test("no bits, or bits with a gap, are no mask", arguments: [0, 5, 0xf0f0_0000, 0x8000_0001])
    func noMask(bits: UInt32) { #expect(MarkMask(bits: bits) == nil) }
}
