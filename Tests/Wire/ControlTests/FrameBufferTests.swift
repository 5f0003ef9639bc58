import ControlFixtures
import FoundationEssentials
import Testing
import Varlink

@Suite struct FrameBufferTests {
    /// The pieces as they come from the socket, `0` for NUL, and the messages that they make.
    @Test(
        "messages are cut at each NUL, however the pieces fall",
        arguments: [
            (["abc0"], ["abc"]),
            (["a", "b", "c", "0"], ["abc"]),
            (["abc0de0f0"], ["abc", "de", "f"]),
            (["ab", "c0d", "e0"], ["abc", "de"]),
            (["abc"], []),
            (["abc0de"], ["abc"]),
            ([""], []),
        ] as [([String], [String])])
    func cuts(pieces: [String], messages: [String]) throws {
        var buffer = FrameBuffer(limit: 10)
        var found: [String] = []
        for piece in pieces {
            buffer.append(piece.utf8.map { $0 == UInt8(ascii: "0") ? 0 : $0 })
            while let message = try buffer.next() { found.append(String(decoding: message, as: UTF8.self)) }
        }
        #expect(found == messages)
    }

    @Test("a message of the limit passes, one byte more doesn't, complete or not", arguments: [true, false])
    func limit(complete: Bool) throws {
        let end: [UInt8] = complete ? [0] : []
        var fits = FrameBuffer(limit: 4)
        fits.append(Array("abcd".utf8) + end)
        #expect(try fits.next() == (complete ? Data("abcd".utf8) : nil))
        var tooLong = FrameBuffer(limit: 4)
        tooLong.append(Array("abcde".utf8) + end)
        #expect(throws: FrameBuffer.Problem.tooLong) { try tooLong.next() }
    }

    @Test("a message without content is refused")
    func empty() {
        var buffer = FrameBuffer(limit: 4)
        buffer.append([0])
        #expect(throws: FrameBuffer.Problem.empty) { try buffer.next() }
    }
}
