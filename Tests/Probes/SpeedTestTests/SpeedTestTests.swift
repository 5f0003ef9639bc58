import Probing
import Testing

@testable import SpeedTest

@Suite("The address of a page")
struct PageAddressTests {
    @Test(
        "is read as it is written",
        arguments: [
            ("http://example.com", "example.com", 80, "/"), ("HTTP://example.com/a?b=c#d", "example.com", 80, "/a?b=c"),
            ("http://example.com:8080?x", "example.com", 8080, "/?x"), ("http://192.0.2.1/1", "192.0.2.1", 80, "/1"),
            ("http://[2001:db8::1]:81/", "2001:db8::1", 81, "/"), ("http://[2001:db8::1]", "2001:db8::1", 80, "/"),
        ] as [(String, String, UInt16, String)])
    func right(text: String, host: String, port: UInt16, path: String) throws {
        let page = try PageAddress(text)
        #expect(page.host == host && page.port == port && page.path == path)
        #expect(try PageAddress(page.text) == page)
    }

    @Test(
        "is refused with what is wrong with it",
        arguments: [
            ("example.com", "write 'http://host/path'"), ("https://example.com/", "needs TLS"), ("ftp://example.com/", "no page by http"),
            ("http://", "names no host"), ("http://a:b/", "no port"), ("http://a:0/", "no port"), ("http://a:70000/", "no port"),
            ("http://me:secret@a/", "go out in clear"), ("http://[::1]x/", "after ']'"), ("http://a/b c", "%XX"),
            ("http://a/\r\nX: y", "%XX"),
            ("http://a b/", "names no host"),
        ])
    func wrong(text: String, words: String) {
        #expect(performing: { try PageAddress(text) }, throws: { ($0 as? SpeedTestError)?.description.contains(words) ?? false })
    }

    @Test(
        "a redirect leads on from where one is",
        arguments: [
            ("/x", "http://a:81/x"), ("x?y", "http://a:81/one/x?y"), ("http://b/", "http://b/"), ("//c/d", "http://c/d"),
        ])
    func redirect(location: String, expected: String) throws {
        #expect(try PageAddress("http://a:81/one/two?q=/3").following(location).text == expected)
    }

    @Test("a redirect to https is refused")
    func redirectToTLS() throws {
        let page = try PageAddress("http://a/")
        #expect(throws: SpeedTestError.self) { try page.following("https://a/") }
    }
}

@Suite("The bytes that are allowed")
struct BudgetTests {
    @Test("what is sent fits with its headers and a confirmation for each segment")
    func payload() {
        let budget = Budget(header: 52, limit: 1_000_000)
        for segment in [536, 1448, 1428] {
            let payload = budget.payload(of: 1_000_000, segment: segment)
            let segments = (payload + segment - 1) / segment
            #expect(payload + segments * 2 * 52 <= 1_000_000)
            #expect(payload + (segments + 1) * (segment + 104) > 1_000_000)
        }
        #expect(budget.payload(of: -5, segment: 1448) == 0)
    }

    @Test("what may still come in counts as used")
    func window() {
        let budget = Budget(header: 52, limit: 1_000_000)
        #expect(!budget.isUsedUp(by: 0, window: 900_000, segment: 1448))
        #expect(budget.isUsedUp(by: 0, window: 1_000_000, segment: 1448))
        #expect(budget.isUsedUp(by: 100_000, window: 850_000, segment: 1448))
        #expect(budget.isUsedUp(by: 1_000_000, window: 0, segment: 1448))
    }

    @Test("the kernel's counters are read where they are, and an older kernel's are none")
    func tcpInfo() throws {
        var bytes = [UInt8](repeating: 0, count: 240)
        func put(_ value: UInt8, _ offset: Int) { bytes[offset] = value }
        for (offset, value) in [(200, UInt8(1)), (128, 2), (136, 3), (140, 4), (120, 5), (64, 6), (16, 7)] { put(value, offset) }
        let traffic = try #require(Traffic(tcpInfo: bytes))
        #expect(traffic.sent == 1 && traffic.received == 2 && traffic.segments == 7 && traffic.confirmed == 5)
        #expect(traffic.window == 6 && traffic.segmentSize == 7)
        #expect(traffic.bytes(header: 10) == 73)
        #expect(Traffic(tcpInfo: Array(bytes.prefix(104))) == nil)
    }
}

@Suite("What a speed test says")
struct SpeedReportTests {
    @Test("lost ones are no round trips")
    func roundTrips() {
        let trips = RoundTrips([30, nil, 10, 20, nil])
        #expect(trips.asked == 5 && trips.lost == 2)
        #expect(trips.minimum == 10 && trips.median == 20 && trips.maximum == 30)
        #expect(RoundTrips([nil]).median == nil)
    }

    @Test("the speed is that of the page's bytes, and none is told of what was over at once")
    func speed() {
        #expect(SpeedReport.Direction(bytes: 1_000_000, seconds: 2, roundTrips: RoundTrips()).megabitsPerSecond == 4)
        #expect(SpeedReport.Direction(bytes: 1_000_000, seconds: 0.001, roundTrips: RoundTrips()).megabitsPerSecond == nil)
    }
}
