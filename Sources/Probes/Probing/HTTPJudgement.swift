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
    func judge(_ answer: HTTPReader) -> Judgement {
        guard let response = answer.response else { return .undecided }
        guard response.status != status else { return judgePage(of: answer, response) }
        switch response.status {
        case 300..<400:
            let place = response.value(of: "location").map { printable($0, limit: 200) } ?? "nowhere"
            return .wrong(WrongAnswer(.portal, "redirects to \(place)"))
        // 511 is what portals should say (RFC 6585, section 6).
        case 200..<300, 400..<500, 511: return somebodyElses(answer, response)
        default: return .wrong(WrongAnswer(.http, "status \(response.status)"))
        }
    }

    private func judgePage(of answer: HTTPReader, _ response: HTTPResponse) -> Judgement {
        if status == 204 {
            // It can't have a body, and who promises one is somebody who answers everything like that.
            return response.value(of: "content-length").map { $0 == "0" } ?? true ? .right : somebodyElses(answer, response)
        }
        guard let expected = body.map({ Array($0.utf8) }), !expected.isEmpty else { return .right }
        if answer.page.starts(with: expected) { return .right }
        // So far it fits.
        if !answer.isComplete, !answer.isAtEnd, expected.starts(with: answer.page) { return .undecided }
        return somebodyElses(answer, response)
    }

    private func somebodyElses(_ answer: HTTPReader, _ response: HTTPResponse) -> Judgement {
        let page = String(decoding: answer.page, as: UTF8.self)
        guard let title = HTMLText.title(of: page) else {
            // The title may be still to come.
            guard answer.isComplete || answer.isAtEnd else { return .undecided }
            let words = printable(HTMLText(page), limit: 60)
            return .wrong(WrongAnswer(.portal, "somebody else's page: " + (words.isEmpty ? "status \(response.status)" : "\"\(words)\"")))
        }
        return .wrong(WrongAnswer(.portal, "somebody else's page: \"\(printable(title, limit: 60))\""))
    }
}
