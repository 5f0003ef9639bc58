package import ControlProtocol
package import FoundationEssentials

/// Another program's methods, on a socket as the daemon's is. They only read, and each has one reply.
package protocol ReadingService: Sendable {
    /// What the program calls itself.
    var product: String { get }
    /// Its interface, beside org.varlink.service, which the server has for everybody.
    var interface: (name: String, text: String) { get }
    /// Full names.
    var methods: [String] { get }
    /// Asked for those only.
    func reply(to call: Call) async throws(ControlError) -> Data
}

/// Who answers on a server's socket.
enum Service {
    case daemon(any ControlHandler)
    case reading(any ReadingService)

    var product: String {
        switch self {
        case .daemon: "uplinkd"
        case .reading(let service): service.product
        }
    }

    var descriptions: [(name: String, text: String)] {
        switch self {
        case .daemon: InterfaceDescription.all
        case .reading(let service): [InterfaceDescription.all[0], service.interface]
        }
    }

    /// nil: there is no such method.
    func need(of call: Call) -> Gate.Need? {
        switch (self, call.method) {
        case (_, .getInfo), (_, .getInterfaceDescription): .nothing
        case (.daemon, let method): method.map(Gate.need)
        case (.reading(let service), _): service.methods.contains(call.name) ? .reading : nil
        }
    }
}
