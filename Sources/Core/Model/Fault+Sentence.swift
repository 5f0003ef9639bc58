extension Fault {
    /// A phrase. As an argument or a detail of something else a fault stands as its text.
    package var sentence: Sentence {
        switch self {
        case .modemGone: Sentence("modem-gone", rawValue)
        case .noCarrier: Sentence("no-carrier", rawValue)
        case .noLease: Sentence("no-lease", rawValue)
        case .noRoute: Sentence("no-route", rawValue)
        case .gatewaySilent: Sentence("gateway-silent", rawValue)
        case .upstreamSilent: Sentence("upstream-silent", rawValue)
        case .silent: Sentence("silent", rawValue)
        case .lossy: Sentence("lossy", rawValue)
        case .slow: Sentence("slow", rawValue)
        case .tcpDead: Sentence("tcp-dead", rawValue)
        case .dnsDead: Sentence("dns-dead", rawValue)
        case .dnsWrong: Sentence("dns-wrong", rawValue)
        case .captivePortal: Sentence("captive-portal", rawValue)
        case .httpDead: Sentence("http-dead", rawValue)
        case .scriptFailed: Sentence("script-failed", rawValue)
        }
    }
}

extension WrongAnswer {
    /// A clause. What somebody has answered is his: there is a code for the kind of it.
    package var sentence: Sentence {
        switch kind {
        case .unreachable: Sentence("answer-unreachable", ["answer": detail], detail)
        case .refused: Sentence("answer-refused", ["answer": detail], detail)
        case .dns: Sentence("answer-dns", ["answer": detail], detail)
        case .portal: Sentence("answer-portal", ["answer": detail], detail)
        case .http: Sentence("answer-http", ["answer": detail], detail)
        case .exec: Sentence("answer-exec", ["answer": detail], detail)
        }
    }
}
