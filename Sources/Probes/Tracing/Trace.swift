import Floor
package import Model
package import Probing

/// The path to one address, hop by hop, by echo requests whose time to live (IPv6: hop limit) rises from 1 on: each router on the way has one
/// that ends there, and says so. Pure: time is an argument, and randomness as well.
///
/// Several hops are asked at once, so that a path on which nobody answers takes seconds and no minutes; they are told in their order.
package struct Trace: Sendable {
    package struct Limits: Equatable, Sendable {
        package var hops: Int
        /// So many requests for each hop.
        package var queries: Int
        /// What hasn't come after so long isn't waited for.
        package var timeout: Duration
        /// So many hops at once, and so long between two requests: what a router may say is limited (Linux: six at once, then one a second, to
        /// one address), and these answers come from different routers.
        package static let window = 6
        package static let pause = Duration.milliseconds(10)

        package init(hops: Int = 30, queries: Int = 3, timeout: Duration = .seconds(1)) {
            self.hops = hops
            self.queries = queries
            self.timeout = timeout
        }
    }

    /// Ready to be sent.
    package struct Request: Equatable, Sendable {
        package var timeToLive: Int
        package var echo: ICMPEcho
    }

    package struct Answer: Equatable, Sendable {
        package enum Kind: Equatable, Sendable {
            /// The request's time to live ended there.
            case expired
            /// The target itself.
            case reached
            /// Nothing goes on from there; the code says why.
            case unreachable(code: UInt8)
        }

        package var address: IPAddress
        package var after: Duration
        package var kind: Kind

        package init(address: IPAddress, after: Duration, kind: Kind) {
            self.address = address
            self.after = after
            self.kind = kind
        }
    }

    package struct Hop: Equatable, Sendable {
        package var number: Int
        /// One for each request; nil: none came in time.
        package var answers: [Answer?]

        package init(number: Int, answers: [Answer?]) {
            self.number = number
            self.answers = answers
        }
    }

    private struct Question {
        var sent: Instant
        var answer: Answer?
    }

    private let target: IPAddress
    private let limits: Limits
    private let identifier: UInt16
    private let cookie: UInt32
    /// By sequence number.
    private var questions: [Question] = []
    private var nextSending = Instant.start
    /// The hop that is told next, from 1 on.
    private var open = 1
    /// Behind this one there is nothing.
    private var last: Int

    package init(to target: IPAddress, _ limits: Limits, identifier: UInt16, cookie: UInt32) {
        self.target = target
        self.limits = limits
        self.identifier = identifier
        self.cookie = cookie
        last = limits.hops
    }

    package var isOver: Bool { open > last }

    /// What is to be sent now. nil: nothing, or nothing yet.
    package mutating func next(at now: Instant) -> Request? {
        let hop = questions.count / limits.queries + 1
        guard hop <= min(last, open + Limits.window - 1), now >= nextSending else { return nil }
        nextSending = now + Limits.pause
        questions.append(Question(sent: now))
        return Request(timeToLive: hop, echo: echo(questions.count - 1))
    }

    /// It couldn't be sent, and is to be tried again.
    package mutating func takeBack() { questions.removeLast() }

    /// When there is something to do, if nothing comes in.
    package var deadline: Instant? {
        let hop = questions.count / limits.queries + 1
        let sending = hop <= min(last, open + Limits.window - 1) ? nextSending : nil
        // A hop is told when the last of its answers is there, or can't be any more.
        let asked = (open - 1) * limits.queries..<open * limits.queries
        let told =
            asked.upperBound <= questions.count
            ? questions[asked].compactMap { $0.answer == nil ? $0.sent + limits.timeout : nil }.max() : nil
        return earlier(sending, told)
    }

    /// What came in by the WAN's interface. Whatever doesn't answer a request of this trace is somebody else's.
    package mutating func receive(_ message: TraceMessage, from source: IPAddress, at now: Instant) {
        let sequence: UInt16
        let kind: Answer.Kind
        switch message {
        case .reply(let reply):
            guard source == target, reply.identifier == identifier, reply.cookie == cookie else { return }
            (sequence, kind) = (reply.sequence, .reached)
        case .expired(let quote), .unreachable(let quote):
            guard quote.target == target, quote.quotes(echo(Int(quote.sequence))) else { return }
            sequence = quote.sequence
            if case .expired = message { kind = .expired } else { kind = .unreachable(code: quote.code) }
        }
        let number = Int(sequence)
        // One whose hop was told without it comes too late.
        guard questions.indices.contains(number), number >= (open - 1) * limits.queries, questions[number].answer == nil else { return }
        questions[number].answer = Answer(address: source, after: now - questions[number].sent, kind: kind)
        // Beyond it the target answers to every number.
        if kind != .expired { last = min(last, number / limits.queries + 1) }
    }

    /// The next hop of which all is known. nil: not yet, or there is none.
    package mutating func take(at now: Instant) -> Hop? {
        let range = (open - 1) * limits.queries..<open * limits.queries
        guard !isOver, range.upperBound <= questions.count,
            questions[range].allSatisfy({ $0.answer != nil || now >= $0.sent + limits.timeout })
        else { return nil }
        defer { open += 1 }
        return Hop(number: open, answers: questions[range].map(\.answer))
    }

    private func echo(_ number: Int) -> ICMPEcho {
        ICMPEcho(identifier: identifier, sequence: UInt16(truncatingIfNeeded: number), cookie: cookie)
    }
}
