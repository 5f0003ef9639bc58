internal import Glibc

/// Takes connections until SIGTERM.
/// - Parameters:
///   - welcome: what is kept of a client that has just connected.
///   - wantsToSend: it is served as soon as it can take something, too.
///   - serve: it has said something, or can take something. false: the connection is over.
func serveConnections<Client>(
    _ address: String, _ port: Int, bufferSize: Int, welcome: (Socket, Endpoint) -> Client,
    wantsToSend: (Client) -> Bool = { _ in false }, serve: (inout Client, inout [UInt8]) -> Bool
) throws {
    let stop = try StopSignal()
    let listener = try Socket.tcp()
    try listener.bind(Endpoint(address, port))
    try listener.listen()
    printLine(readyLine)
    var clients: [Int32: Client] = [:]
    var buffer = [UInt8](repeating: 0, count: bufferSize)
    while true {
        var descriptors = [pollfd(stop.descriptor), pollfd(listener.descriptor)]
        descriptors += clients.map { pollfd($0.key, writable: wantsToSend($0.value)) }
        try wait(&descriptors, until: nil)
        if descriptors[0].isReady { return }
        for ready in descriptors.dropFirst(2) where ready.isReady {
            guard var client = clients[ready.fd] else { continue }
            clients[ready.fd] = serve(&client, &buffer) ? client : nil
        }
        while let (socket, from) = listener.accept() { clients[socket.descriptor] = welcome(socket, from) }
    }
}
