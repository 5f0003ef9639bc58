import CLinux
import Floor
import Model

/// A TCP connection that is closed as soon as it is open.
final class ConnectProbe: ProbeJob {
    private let connection: Connection

    init(_ request: ProbeRequest, _ loop: ProbeLoop, to address: IPAddress, port: UInt16) throws(CallError) {
        let asked = Instant.now()
        connection = try Connection(SOCK_STREAM, to: address, port: port, by: request.interfaceIndex, loop.routes)
        super.init(request, loop, asked: asked)
        try watch(connection.descriptor, for: .write)
    }

    override func ready() {
        let code = connection.descriptor.takeError()
        if code == 0 { finishAnswered() } else { finish(connection.outcome(of: code)) }
    }
}
