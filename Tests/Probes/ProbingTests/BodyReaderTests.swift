import Testing

@testable import Probing

@Suite("The body of a page")
struct BodyReaderTests {
    private func head(_ fields: String, status: Int = 200) throws -> HTTPResponse {
        try HTTPResponse(head: Array("HTTP/1.1 \(status) X\r\n\(fields)\r\n".utf8))
    }

    static let bodies: [(String, String, Int)] = [
        ("Content-Length: 5\r\n", "12345", 5), ("Content-Length: 0\r\n", "", 0),
        ("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n10;x=y\r\n0123456789abcdef\r\n0\r\nA: b\r\n\r\n", 19),
        ("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", 0), ("Transfer-Encoding: chunked\n", "2\nab\n0\n\n", 2),
    ]

    @Test("is counted without its framing, in whatever pieces it comes", arguments: bodies)
    func pieces(fields: String, text: String, count: Int) throws {
        let bytes = Array(text.utf8)
        for size in 1...max(1, bytes.count) {
            var body = try BodyReader(head(fields))
            for start in stride(from: 0, to: bytes.count, by: size) {
                #expect(!body.isComplete)
                try body.take(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(body.isComplete && body.count == count)
        }
    }

    @Test("without a length it ends with the connection; with one that is an end too early")
    func close() throws {
        var open = try BodyReader(head(""))
        try open.take([1, 2, 3])
        let wasComplete = open.isComplete
        let isWhole = open.finish()
        #expect(!wasComplete && isWhole && open.count == 3)
        for fields in ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"] {
            var body = try BodyReader(head(fields))
            try body.take(Array("2\r\n".utf8)[...])
            let isWhole = body.finish()
            #expect(!isWhole)
        }
    }

    @Test("a status that has no body has none")
    func none() throws { #expect(try BodyReader(head("Content-Length: 5\r\n", status: 204)).isComplete) }

    @Test(
        "framing that is none is refused",
        arguments: ["x\r\n", "\r\n", "1000000000000000\r\n", "-1\r\n", "1\r\naX", "1\r\na\r\r\n", ";x\r\n", " 1\r\n"])
    func wrong(text: String) throws {
        var body = try BodyReader(head("Transfer-Encoding: chunked\r\n"))
        #expect(throws: HTTPError.badFraming) { try body.take(Array(text.utf8)[...]) }
        #expect(throws: HTTPError.badFraming) { try BodyReader(head("Content-Length: \(text.prefix(1) == "-" ? text : "many")\r\n")) }
    }
}
