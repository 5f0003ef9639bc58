import Lab
import Testing

@Suite("The lab's own arithmetic")
struct PureTests {
    @Test(
        "median and range",
        arguments: [([3.0], 3.0, 3.0, 3.0), ([5, 1, 3], 3, 1, 5), ([4, 1, 3, 2], 2.5, 1, 4)])
    func statistics(values: [Double], median: Double, least: Double, most: Double) throws {
        let statistics = try #require(Statistics(values))
        #expect((statistics.median, statistics.least, statistics.most) == (median, least, most))
    }

    @Test("nothing has no median")
    func noStatistics() { #expect(Statistics([]) == nil) }

    @Test(
        "numbers are rounded for people",
        arguments: [
            (1.25, 1, "1.3"), (0.04, 1, "0.0"), (-0.04, 1, "0.0"), (-2.5, 1, "-2.5"), (1.005, 3, "1.005"), (7.6, 0, "8"), (0, 2, "0.00"),
        ])
    func rounding(value: Double, places: Int, text: String) { #expect(rounded(value, places: places) == text) }

    @Test(
        "only a lab's namespace has an owner",
        arguments: [
            ("ul123-1-router", 123), ("ul7-12-client60", 7), ("ul-1-router", nil), ("ul0-1-router", nil), ("ul-5-1-router", nil),
            ("ulm-1-x", nil),
            ("router", nil), ("ul123", nil), ("ul123-x-router", nil), ("xul123-1-router", nil),
        ] as [(String, Int32?)])
    func owner(name: String, owner: Int32?) { #expect(Cleanup.owner(ofNamespace: name) == owner) }

    @Test("of the daemon's JSON the lab reads what it needs and leaves the rest")
    func daemonJSON() throws {
        let event = try JSON.decode(
            DaemonEvent.self,
            from:
                #"{"id":3,"kind":"selection","severity":"notice","wan":"smartfren","message":"m","time":"t","details":{"applied_us":"812"}}"#
        )
        #expect(event.details == ["applied_us": "812"])
        let status = try JSON.decode(
            DaemonStatus.self,
            from: #"""
                {"version":"0","selection":{"wan":null,"reason":{"code":"c","arguments":{},"text":"r"}},"nat":{"ok":true},
                "wans":[{"name":"telkom","health":"no-carrier","gateway":"100.64.1.1","route_metric":1001}]}
                """#)
        #expect(status.selection.wan == nil)
        #expect(status.wan(Addresses.telkom)?.health == "no-carrier")
    }
}
