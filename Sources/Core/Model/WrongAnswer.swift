/// An answer that is none.
package struct WrongAnswer: Hashable, Sendable, Codable {
    /// By their order on the wire and on the disk: new ones come at the end.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A router says by ICMP that the target can't be reached.
        case unreachable
        /// The TCP connection was refused.
        case refused
        /// The resolver failed, or answered something else than what is expected.
        case dns
        /// Somebody else's page: a login, an unpaid bill, a used-up quota.
        case portal
        /// The server failed: a status of 500 and above, or no HTTP at all.
        case http
        /// The program ended with another exit status than 0.
        case exec
    }

    package var kind: Kind
    /// A clause without a full stop: `redirects to http://portal.example/isolir`, `NXDOMAIN for example.com`.
    package var detail: String

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}

extension WrongAnswer.Kind {
    /// What it says of the WAN. One router's word, or one closed port, is no more than silence.
    package var fault: Fault {
        switch self {
        case .unreachable, .refused: .silent
        case .dns: .dnsWrong
        case .portal: .captivePortal
        case .http: .httpDead
        case .exec: .scriptFailed
        }
    }

    /// Something that lies beyond the WAN was heard: a refused connection is as good as an open one.
    package var isFromBeyond: Bool {
        switch self {
        case .refused, .dns, .http: true
        case .unreachable, .portal, .exec: false
        }
    }

    /// What follows the answer itself, in the explanation.
    var meaning: String {
        switch self {
        case .unreachable: " A router on the way can't go on."
        case .refused: " The way there works, but nothing listens."
        case .portal: " That is somebody else's page: a login, an unpaid bill or a used-up quota."
        case .dns, .http, .exec: ""
        }
    }
}
