import Model
import Testing

@Suite("Slots")
struct SlotsTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        /// What is known, and who is in the file, in its order.
        var known: [String: Int] = [:]
        var file: [String]
        var room = 3
        /// The slots of those in the file.
        var slots: [Int?]
        var inherited: [String: Int] = [:]
        /// Those that keep one without being in the file.
        var absent: [String: Int] = [:]
    }

    @Test(
        "a name keeps its slot, wherever it stands",
        arguments: [
            Case(testDescription: "nothing is known: the order of the file", file: ["a", "b", "c"], slots: [1, 2, 3]),
            Case(testDescription: "put above the others", known: ["a": 1, "b": 2], file: ["new", "a", "b"], slots: [3, 1, 2]),
            Case(testDescription: "another order", known: ["a": 1, "b": 2, "c": 3], file: ["c", "a", "b"], slots: [3, 1, 2]),
            Case(
                testDescription: "one that is gone keeps its slot while another is free", known: ["a": 1, "b": 2], file: ["b", "new"],
                slots: [2, 3], absent: ["a": 1]),
            Case(
                testDescription: "and loses it when none is", known: ["a": 1, "b": 2, "c": 3], file: ["b", "new"], slots: [2, 1],
                inherited: ["a": 1], absent: ["c": 3]),
            Case(testDescription: "one that comes back has it again", known: ["a": 1, "b": 2], file: ["b", "a"], slots: [2, 1]),
            Case(
                testDescription: "all of them change", known: ["a": 1, "b": 2, "c": 3], file: ["x", "y", "z"], slots: [1, 2, 3],
                inherited: ["a": 1, "b": 2, "c": 3]),
            Case(testDescription: "a hole is filled first", known: ["b": 2], file: ["b", "new"], slots: [2, 1]),
            Case(testDescription: "a smaller mask", known: ["a": 1, "b": 7], file: ["b", "a"], slots: [2, 1]),
            Case(
                testDescription: "a record that nobody can have written", known: ["a": 2, "b": 2, "c": -1, "gone": 2],
                file: ["c", "b", "a"],
                slots: [1, 2, 3]),
            Case(testDescription: "more than the configuration lets pass", file: ["a", "b", "c", "d"], slots: [1, 2, 3, nil]),
            Case(testDescription: "more room than probes have numbers", known: ["a": 256], file: ["a"], room: 4095, slots: [1]),
        ])
    func seats(_ one: Case) throws {
        func name(_ text: String) throws -> WANName { try #require(WANName(text)) }
        var slots = Slots(Dictionary(uniqueKeysWithValues: try one.known.map { (try name($0.key), $0.value) }))
        let names = try one.file.map(name)
        let inherited = slots.seat(names, room: one.room)
        #expect(names.map { slots[$0] } == one.slots)
        #expect(Set(inherited) == Set(try one.inherited.map { Slots.Inherited(number: $0.value, from: try name($0.key)) }))
        for (gone, number) in one.absent { #expect(slots[try name(gone)] == number) }
        for (gone, _) in one.inherited { #expect(slots[try name(gone)] == nil) }
        let before = slots
        #expect(slots.seat(names, room: one.room).isEmpty && slots == before, "once more changes nothing")
    }

    @Test("without a record the kernel tells: each table of ours leads by the interface of its WAN")
    func held() throws {
        let (telkom, smartfren) = (try #require(WANName("telkom")), try #require(WANName("smartfren")))
        let (eth0, usb0) = (try #require(InterfaceName("eth0")), try #require(InterfaceName("usb0")))
        let settings = Settings(
            lan: [],
            wans: [
                WANSettings(name: smartfren, interface: usb0, metric: 2, number: 1),
                WANSettings(name: telkom, interface: eth0, metric: 1, number: 2),
            ])
        let gateway = IPAddress("192.0.2.1")
        let snapshot = Snapshot(
            interfaces: [],
            routes: [
                Route(gateway: gateway, interface: eth0, metric: 1), Route(gateway: gateway, interface: eth0, metric: 0, table: 8501),
                Route(gateway: gateway, interface: usb0, routeProtocol: 4, metric: 0, table: 8503),
                Route(gateway: gateway, interface: usb0, metric: 0, table: 8502),
                Route(gateway: gateway, interface: try #require(InterfaceName("eth7")), metric: 0, table: 8504),
            ], rules: [])
        #expect(Slots(heldBy: snapshot, settings) == Slots([telkom: 1, smartfren: 2]))
    }
}
