import Model

extension HTTPQuestion {
    /// The request, ready to be sent.
    var message: [UInt8] {
        let host = (host.contains(":") ? "[\(host)]" : host) + (port == 80 ? "" : ":\(port)")
        return Array("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nUser-Agent: uplinkd\r\nConnection: close\r\n\r\n".utf8)
    }

    enum Judgement: Equatable, Sendable {
        case right
        case wrong(WrongAnswer)
        /// It takes more bytes to tell.
        case undecided
    }

    /// What an answer is worth, as soon as that can be told.
    ///
    /// - Parameters:
    ///   - bytes: all that has come in.
    ///   - isEnd: nothing more will come, or is wanted.
    func judge(_ bytes: [UInt8], isEnd: Bool) -> Judgement {
        let response: HTTPResponse
        do throws(HTTPError) {
            guard let parsed = try HTTPResponse.parse(bytes, isEnd: isEnd) else { return .undecided }
            response = parsed
        } catch {
            return .wrong(WrongAnswer(.http, error.description))
        }
        guard response.status != status else { return judgeBody(of: response, isEnd: isEnd) }
        switch response.status {
        case 300..<400:
            let place = response.value(of: "location").map { printable($0, limit: 200) } ?? "nowhere"
            return .wrong(WrongAnswer(.portal, "redirects to \(place)"))
        // 511 is what portals should say (RFC 6585, section 6).
        case 200..<300, 400..<500, 511: return somebodyElses(response, isEnd: isEnd)
        default: return .wrong(WrongAnswer(.http, "status \(response.status)"))
        }
    }

    private func judgeBody(of response: HTTPResponse, isEnd: Bool) -> Judgement {
        if status == 204 {
            // It can't have a body, and who promises one is somebody who answers everything like that.
            return response.value(of: "content-length").map { $0 == "0" } ?? true ? .right : somebodyElses(response, isEnd: isEnd)
        }
        guard let expected = body.map({ Array($0.utf8) }), !expected.isEmpty else { return .right }
        if response.body.starts(with: expected) { return .right }
        // So far it fits.
        if !response.isComplete, !isEnd, expected.starts(with: response.body) { return .undecided }
        return somebodyElses(response, isEnd: isEnd)
    }

    private func somebodyElses(_ response: HTTPResponse, isEnd: Bool) -> Judgement {
        let page = String(decoding: response.body, as: UTF8.self)
        guard let title = HTMLText.title(of: page) else {
            // The title may be still to come.
            guard response.isComplete || isEnd else { return .undecided }
            let words = printable(HTMLText.withoutTags(page), limit: 60)
            return .wrong(WrongAnswer(.portal, "somebody else's page: " + (words.isEmpty ? "status \(response.status)" : "\"\(words)\"")))
        }
        return .wrong(WrongAnswer(.portal, "somebody else's page: \"\(printable(title, limit: 60))\""))
    }
}

/// As much of HTML as it takes to name a page.
enum HTMLText {
    /// nil: there is none, or not all of it, or nothing in it.
    static func title(of page: String) -> String? {
        let bytes = Array(page.utf8)
        guard let start = find("<title", in: bytes, from: 0), let open = bytes[start...].firstIndex(of: UInt8(ascii: ">")),
            let end = find("</title", in: bytes, from: open)
        else { return nil }
        let title = printable(String(decoding: bytes[(open + 1)..<end], as: UTF8.self), limit: 1000)
        return title.isEmpty ? nil : title
    }

    /// The text of a page, without scripts and styles.
    static func withoutTags(_ page: String) -> String {
        let bytes = Array(page.utf8)
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            let hidden = ["script", "style"].first { find("<" + $0, in: bytes, from: index) == index }
            let close = hidden.flatMap { find("</" + $0, in: bytes, from: index) } ?? index
            guard let end = bytes[close...].firstIndex(of: UInt8(ascii: ">")) else { break }
            text.append(UInt8(ascii: " "))
            index = end + 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// In any case.
    private static func find(_ word: String, in bytes: [UInt8], from start: Int) -> Int? {
        let word = Array(word.utf8)
        guard bytes.count >= word.count, start <= bytes.count - word.count else { return nil }
        return (start...(bytes.count - word.count)).first { place in
            word.indices.allSatisfy { word[$0] == lowercased(bytes[place + $0]) }
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte + 0x20 : byte }
}
