import Model
import Testing

@testable import Probing

extension HTTPQuestion {
    /// - Parameter size: so many bytes come at once; nil: all.
    fileprivate func judge(_ bytes: [UInt8], isEnd: Bool, _ size: Int? = nil) -> Judgement {
        var answer = HTTPReader(keepsPage: true)
        do throws(HTTPError) {
            for start in stride(from: 0, to: bytes.count, by: size ?? max(1, bytes.count)) {
                try answer.take(bytes[start..<min(start + (size ?? bytes.count), bytes.count)])
            }
            if isEnd { try answer.finish() }
        } catch {
            return .wrong(WrongAnswer(.http, error.description))
        }
        return judge(answer)
    }
}

@Suite("HTTP")
struct HTTPTests {
    static let resolver = IPAddress.v4(IPv4Address(bits: 1))

    static func question(_ status: Int = 200, _ body: String? = nil, host: String = "example.com", port: UInt16 = 80) -> HTTPQuestion {
        HTTPQuestion(host: host, port: port, path: "/a?b", status: status, body: body, resolver: resolver)
    }

    @Test(
        "a request names its host as RFC 9110 wants it",
        arguments: [
            ("example.com", UInt16(80), "example.com"), ("example.com", 8080, "example.com:8080"), ("2001:db8::1", 81, "[2001:db8::1]:81"),
        ])
    func request(host: String, port: UInt16, field: String) {
        #expect(
            String(decoding: Self.question(host: host, port: port).message, as: UTF8.self)
                == "GET /a?b HTTP/1.1\r\nHost: \(field)\r\nUser-Agent: uplinkd\r\nConnection: close\r\n\r\n")
    }

    /// Line ends are written `\n` here and sent as CR LF.
    static func judge(_ question: HTTPQuestion, _ text: String, isEnd: Bool = true) -> HTTPQuestion.Judgement {
        question.judge(Array(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").utf8), isEnd: isEnd)
    }

    @Test("whole or byte by byte, an answer is worth the same")
    func pieces() {
        let text = "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nsuc\n000004;x=y\ncess\n0\nX: y\n\n"
        let bytes = Array(text.replacing("\n", with: "\r\n").utf8)
        for size in 1...bytes.count {
            for question in [Self.question(200, "success"), Self.question(200, "failure")] {
                #expect(question.judge(bytes, isEnd: false, size) == question.judge(bytes, isEnd: false), "in pieces of \(size)")
            }
        }
    }

    @Test(
        "what is right is right as soon as it can be told",
        arguments: [
            (question(204), "HTTP/1.1 204 No Content\n\n"),
            (question(204), "HTTP/1.1 204 No Content\nContent-Length: 0\n\n"),
            (question(200), "HTTP/1.1 200 OK\nContent-Length: 100000\n\n"),
            (question(200), "HTTP/1.0 200 \n\n"),
            (question(200, "suc"), "HTTP/1.1 200 OK\ncontent-length:9\n\nsucc"),
            (question(200, "success"), "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nsuc\n000004;x=y\ncess\n"),
            (question(200, ""), "HTTP/1.1 200 OK\n\n"),
            (question(302), "HTTP/1.1 302 Found\nLocation: /x\n\n"),
            (question(503), "HTTP/1.1 503 Service Unavailable\n\n"),
            // The server says first that it has heard us.
            (question(204), "HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nLink: x\n\nHTTP/1.1 204 No Content\n\n"),
        ])
    func right(question: HTTPQuestion, text: String) {
        #expect(Self.judge(question, text, isEnd: false) == .right)
        // But not before: whatever is missing at its end, it is never judged wrong in the meantime.
        for length in 0..<text.utf8.count {
            let judgement = Self.judge(question, String(text.prefix(length)), isEnd: false)
            #expect(judgement == .undecided || judgement == .right, "after \(length)")
        }
    }

    @Test(
        "what is wrong has its kind, and says what came instead",
        arguments: [
            (
                question(204), "HTTP/1.1 302 Found\nLocation: http://portal.example/isolir\n\n", WrongAnswer.Kind.portal,
                "redirects to http://portal.example/isolir"
            ),
            (question(204), "HTTP/1.1 307 X\n\n", .portal, "redirects to nowhere"),
            (
                question(204), "HTTP/1.1 200 OK\n\n<HTML><Title lang=id>Tagihan  belum\n\tdibayar</TITLE>", .portal,
                "somebody else's page: \"Tagihan belum dibayar\""
            ),
            (question(204), "HTTP/1.1 204 OK\nContent-Length: 5\n\nhello", .portal, "somebody else's page: status 204"),
            (question(200, "success"), "HTTP/1.1 200 OK\nContent-Length: 4\n\nnope", .portal, "somebody else's page: \"nope\""),
            (question(200, "success"), "HTTP/1.1 200 OK\nContent-Length: 3\n\nsuc", .portal, "somebody else's page: \"suc\""),
            (
                question(200, "success"), "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nsuc\n0\n\n", .portal,
                "somebody else's page: \"suc\""
            ),
            (
                question(200, "success"),
                "HTTP/1.1 404 Not Found\n\n<html><style>a{}</style><SCRIPT>if (1 < 2) x()</SCRIPT><p>Not&nbsp;<b>here</b>",
                .portal, "somebody else's page: \"Not&nbsp; here\""
            ),
            (
                question(204), "HTTP/1.1 511 Network Authentication Required\n\n<title>Log in</title>", .portal,
                "somebody else's page: \"Log in\""
            ),
            (question(204), "HTTP/1.1 403 Forbidden\nContent-Length: 0\n\n", .portal, "somebody else's page: status 403"),
            (question(204), "HTTP/1.1 502 Bad Gateway\n\n<title>x</title>", .http, "status 502"),
            (question(204), "", .http, "the connection was closed without an answer"),
            (question(204), "HTTP/1.1 204 No", .http, "the answer ends in the middle"),
            (question(204), "220 mail.example ESMTP\n", .http, "the answer is no HTTP"),
            (question(204), "HTTP/1.1 abc\n\n", .http, "the answer is no HTTP"),
            (question(204), "HTTP/1.1 2040 X\n\n", .http, "the answer is no HTTP"),
            (question(204), "HTTP/2 204\n\n", .http, "the answer is no HTTP"),
            (question(200, "x"), "HTTP/1.1 200 OK\nContent-Length: -1\n\n", .http, "the answer has no proper length"),
            (question(200, "x"), "HTTP/1.1 200 OK\nContent-Length: 99999999999999999999\n\nx", .http, "the answer has no proper length"),
            (question(200, "x"), "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nxyz\n\n", .http, "the answer has no proper length"),
            (
                question(200, "x"), "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nfffffffffff\n\n", .http,
                "the answer has no proper length"
            ),
            (question(200, "yz"), "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\nyz\n", .http, "the answer has no proper length"),
        ])
    func wrong(question: HTTPQuestion, text: String, kind: WrongAnswer.Kind, detail: String) {
        #expect(Self.judge(question, text) == .wrong(WrongAnswer(kind, detail)))
    }

    @Test(
        "a page that is whole is judged, though the server keeps the connection open",
        arguments: ["Content-Length: 3\n\nsuc", "Transfer-Encoding: chunked\n\n3\nsuc\n0\n\n"])
    func whole(rest: String) {
        let answer = WrongAnswer(.portal, "somebody else's page: \"suc\"")
        #expect(Self.judge(Self.question(200, "success"), "HTTP/1.1 200 OK\n" + rest, isEnd: false) == .wrong(answer))
        #expect(Self.judge(Self.question(204), "HTTP/1.1 200 OK\n" + rest, isEnd: false) == .wrong(answer))
    }

    @Test("bare line feeds end lines, too")
    func lineFeeds() {
        #expect(Self.question(200, "ok").judge(Array("HTTP/1.1 200 OK\nContent-Length: 2\n\nok".utf8), isEnd: false) == .right)
    }

    @Test("what isn't HTTP from its first byte on is not waited for; a head without end is, up to the limit")
    func early() {
        #expect(Self.judge(Self.question(), "S", isEnd: false) == .wrong(WrongAnswer(.http, "the answer is no HTTP")))
        #expect(Self.judge(Self.question(), "HTTP/1", isEnd: false) == .undecided)
        let head = Array("HTTP/1.1 200 OK\r\nX: ".utf8)
        let long = head + [UInt8](repeating: 0x61, count: HTTPReader.limit - head.count)
        #expect(Self.question().judge(Array(long.dropLast()), isEnd: false) == .undecided)
        #expect(Self.question().judge(long, isEnd: false) == .wrong(WrongAnswer(.http, "the answer is no HTTP")))
    }

    @Test("what somebody else wrote is made harmless before it goes into a log")
    func harmless() {
        let text = "HTTP/1.1 302 Found\nLocation: http://x/\u{1b}]0;gotcha\u{7}\u{202e}abc\(String(repeating: "y", count: 5000))\n\n"
        guard case .wrong(let answer) = Self.judge(Self.question(204), text) else {
            Issue.record("not wrong")
            return
        }
        #expect(answer.detail.hasPrefix("redirects to http://x/ ]0;gotcha abcyyy"))
        #expect(answer.detail.count == "redirects to ".count + 201)
        #expect(printable("  a \u{2028}\n b\u{0}", limit: 10) == "a b")
        #expect(printable("abcdef", limit: 3) == "abc…")
        #expect(printable("abc", limit: 3) == "abc")
        #expect(printable("Ünïcode 世界", limit: 20) == "Ünïcode 世界")
    }

    @Test("no answer crashes the reader, however it is mangled, and none that lacks its beginning is right")
    func mutations() {
        var random = MutationTests.FixedRandom(state: 20_260_403)
        let originals = [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nServer: x\r\n\r\n3\r\nsuc\r\n5;x\r\ncess\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsuccess\n",
            "HTTP/1.1 200 OK\r\n\r\n<html><head><title>Log in</title><script>x</script>text",
            "HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n\r\n",
        ].map { Array($0.utf8) }
        var outcomes: [String: Int] = [:]
        for original in originals {
            for round in 0..<5000 {
                let answer = mangled(original, using: &random)
                switch Self.question(200, "success").judge(answer, isEnd: round % 2 == 0) {
                case .right:
                    outcomes["right", default: 0] += 1
                    #expect(answer.starts(with: Array("HTTP/1.".utf8)))
                case .wrong(let wrong):
                    outcomes[wrong.kind.rawValue, default: 0] += 1
                    #expect(wrong.detail.unicodeScalars.allSatisfy { $0.value >= 0x20 })
                case .undecided:
                    outcomes["undecided", default: 0] += 1
                    #expect(round % 2 == 1)
                }
            }
        }
        #expect(outcomes.count == 4 && outcomes.values.allSatisfy { $0 > 200 }, "\(outcomes)")
    }
}

@Suite("The text of a page")
struct HTMLTextTests {
    private func steps(_ page: String) -> (text: String, steps: Int) {
        var (text, scalars) = (HTMLText(page), String.UnicodeScalarView())
        while let scalar = text.next() { scalars.append(scalar) }
        return (String(scalars), text.steps)
    }

    @Test(
        "has no tags, scripts and styles in it",
        arguments: [
            ("a<b>c</b>d", "a c d"), ("<SCRIPT>1 < 2</Script>x<style>y</style >z", " x z"), ("a<b", "a"), ("", ""), ("<>", " "),
            ("<script>a<b>c", " a c"), ("<style>a</script>b</style>c<script>d<style>e", " c d e"), ("a > b", "a > b"),
        ])
    func text(page: String, text: String) { #expect(steps(page).text == text) }

    @Test(
        "each byte of it is looked at a few times at most, however it is made",
        arguments: ["<>", "<", "a", "<script>", "<style>", "<script><style>", "</script", "<script></script", "<a><script></style>", "> <"])
    func linear(piece: String) {
        let page = String(repeating: piece, count: 65_000 / piece.count)
        #expect(steps(page).steps <= 3 * page.count + 3)
    }

    @Test("no more of it is read than is shown")
    func early() {
        #expect(printable(sequence(first: "a" as Unicode.Scalar) { $0 }, limit: 60) == String(repeating: "a", count: 60) + "…")
    }
}
