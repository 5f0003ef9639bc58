package import Floor

/// Why a client has no answer.
package enum VarlinkClientError<Refusal: InterfaceError>: Error, Equatable, Sendable {
    case noSocket(path: String)
    /// There is a socket, and nobody listens on it.
    case nobodyListens(path: String)
    /// The file permissions of the socket.
    case mayNotConnect(path: String)
    case pathTooLong(path: String)
    case noAnswer(path: String)
    case connectionLost(path: String)
    /// What came back isn't what this program understands.
    case badReply(String)
    case refused(Refusal)
    case failed(CallError, path: String)
}
