import Model
import Testing

@Suite("The number of a probe")
struct ProbeIDTests {
    /// Recordings have them.
    static let numbers: [(owner: ProbeID.Owner, sequence: UInt64, number: UInt64)] = [
        (.target(place: 0, wan: 1), 1, 0x1_0001), (.target(place: 3, wan: 2), 0x1234, 0x1234_0302),
        (.target(place: 255, wan: 255), 0xffff_ffff, 0xffff_ffff_ffff), (.proof(wan: 2), 7, 0x4000_0000_0007_0002),
        (.proof(wan: 255), 1, 0x4000_0000_0001_00ff), (.caller, 1, 0x8000_0000_0000_0001),
        (.size(.v4, wan: 2), 7, 0x1000_0000_0007_0002), (.size(.v6, wan: 255), 1, 0x1000_0000_0001_01ff),
        (.inquiry(wan: 2), 7, 0x0800_0000_0007_0002),
    ]

    @Test("a number says whose probe it is, and stays what recordings have", arguments: numbers)
    func number(owner: ProbeID.Owner, sequence: UInt64, number: UInt64) {
        let id = ProbeID(of: owner, sequence: sequence)
        #expect(id.number == number)
        #expect(id.owner == owner)
        #expect(ProbeID(number: number) == id)
        #expect(id.description == "\(number)")
    }

    @Test("the engine's know by which WAN they ask, and a caller's is nobody's")
    func wan() {
        #expect(ProbeID(of: .target(place: 4, wan: 3), sequence: 9).wan == 3)
        #expect(ProbeID(of: .proof(wan: 3), sequence: 9).wan == 3)
        #expect(ProbeID(of: .size(.v6, wan: 3), sequence: 9).wan == 3)
        #expect(ProbeID(of: .caller, sequence: 9).wan == nil)
    }
}
