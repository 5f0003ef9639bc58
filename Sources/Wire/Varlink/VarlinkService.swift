import Floor
import FoundationEssentials

/// What is served on a socket: what it calls itself, its interfaces, and its methods.
package struct VarlinkService: Sendable {
    package let vendor: String
    package let product: String
    package let version: String
    /// org.varlink.service, which everybody has, comes first.
    package let interfaces: [VarlinkInterface]
    package let methods: [ServedMethod]
    /// The errors for what can happen to every method: it failed, and this is why; all places for clients are taken.
    let failed: @Sendable (String) -> any SentError
    let full: @Sendable (Int) -> any SentError

    package init(
        vendor: String, product: String, version: String, interfaces: [VarlinkInterface], methods: [ServedMethod],
        failed: @escaping @Sendable (String) -> any SentError, full: @escaping @Sendable (Int) -> any SentError
    ) {
        let interfaces = [ServiceMethod.interface] + interfaces
        let information = GetInfoReply(
            vendor: vendor, product: product, version: version, url: "", interfaces: interfaces.map(\.name))
        self.vendor = vendor
        self.product = product
        self.version = version
        self.interfaces = interfaces
        self.methods =
            methods + [
                ServedMethod(ServiceMethod.getInfo, for: .nothing) { _ in information },
                ServedMethod(ServiceMethod.getInterfaceDescription, for: .nothing) { wanted in
                    guard let found = interfaces.first(where: { $0.name == wanted.interface }) else {
                        throw ServiceError.interfaceNotFound(interface: wanted.interface)
                    }
                    return GetInterfaceDescriptionReply(description: found.description)
                },
            ]
        self.failed = failed
        self.full = full
    }
}

/// A method as it is served: its name, who may call it, and the handler. What it is called with and what comes back are the handler's types.
///
/// Calls are read and replies written where the handler runs: in a task of the call's own, on no queue that anybody waits for. A handler may throw
/// the errors of its interface and Varlink's own; anything else is told as the service's `failed`. It is cancelled when its caller has gone.
package struct ServedMethod: Sendable {
    package let name: String
    package let need: Gate.Need
    /// The last reply. nil: there is none, and nothing to be said any more.
    let answer: @Sendable (Call, Caller) async throws -> Data?

    /// One call, one reply.
    package init<P, R>(
        _ method: VarlinkMethod<P, R>, for need: Gate.Need, answer: @escaping @Sendable (P) async throws -> R
    ) {
        name = method.name
        self.need = need
        self.answer = { call, _ in try Reply.encode(await answer(call.parameters())) }
    }

    /// A call whose replies go on: what the handler returns is the last one. nil: the caller hears the end of the connection.
    package init<P, R>(
        _ method: VarlinkMethod<P, R>, for need: Gate.Need, replies: @escaping @Sendable (P, ReplyStream<R>) async throws -> R?
    ) {
        name = method.name
        self.need = need
        answer = { call, caller in try await replies(call.parameters(), ReplyStream(caller: caller)).map { try Reply.encode($0) } }
    }
}

/// Whoever waits for the replies to one call.
struct Caller: Sendable {
    let server: VarlinkServer
    let client: UInt64
    /// Which of the client's calls.
    let call: Int
    let wantsMore: Bool
}

/// Where the replies to a call go before the last one.
package struct ReplyStream<R: Encodable & Sendable>: Sendable {
    let caller: Caller

    /// Throws unless the caller has asked for more than one reply.
    package func require() throws(ServiceError) { if !caller.wantsMore { throw .expectedMore } }

    /// From any thread; what is sent first arrives first. From the first one on the caller may be silent, and is gone when it closes its side.
    package func send(_ reply: R) { caller.server.send(reply, to: caller) }

    package func send(_ written: WrittenReply<R>) { caller.server.send(written: written.message, to: caller) }
}

/// One of several replies, written down once for all who wait for it.
package struct WrittenReply<R: Encodable & Sendable>: Sendable {
    let message: Data

    package init(_ reply: R) throws(Reply.Unwritable) { message = try Reply.encode(reply, continues: true) }
}
