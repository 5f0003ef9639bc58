import FoundationEssentials

/// An error as it goes over the wire: a name, and parameters.
package protocol SentError: Error, Sendable {
    associatedtype Parameters: Encodable
    var name: String { get }
    var parameters: Parameters { get }
}

/// The errors of an interface, as its client knows them. They carry Varlink's own, and those that only a later service knows, by their names.
package protocol InterfaceError: SentError, Equatable {
    init(_ received: ReceivedError)
}

/// An error that has come over the wire.
package struct ReceivedError: Sendable {
    package let name: String
    let json: Data

    /// nil: they aren't what was expected. Then they are as good as none: the name alone already says most.
    package func parameters<P: Decodable>(_ type: P.Type) -> P? { (try? decodeJSON(Content<P>.self, from: json))?.parameters }

    private struct Content<P: Decodable>: Decodable { var parameters: P? }
}

/// The errors of org.varlink.service, which every service has.
package enum ServiceError: SentError, Equatable {
    case interfaceNotFound(String)
    case methodNotFound(String)
    case methodNotImplemented(String)
    case invalidParameter(String)
    case permissionDenied
    /// The method streams its replies, so it has to be called with `more`.
    case expectedMore

    package struct Parameters: Codable, Sendable {
        package var interface: String?
        package var method: String?
        package var parameter: String?
    }

    package var name: String {
        switch self {
        case .interfaceNotFound: "org.varlink.service.InterfaceNotFound"
        case .methodNotFound: "org.varlink.service.MethodNotFound"
        case .methodNotImplemented: "org.varlink.service.MethodNotImplemented"
        case .invalidParameter: "org.varlink.service.InvalidParameter"
        case .permissionDenied: "org.varlink.service.PermissionDenied"
        case .expectedMore: "org.varlink.service.ExpectedMore"
        }
    }

    package var parameters: Parameters {
        switch self {
        case .interfaceNotFound(let interface): Parameters(interface: interface)
        case .methodNotFound(let method), .methodNotImplemented(let method): Parameters(method: method)
        case .invalidParameter(let parameter): Parameters(parameter: parameter)
        case .permissionDenied, .expectedMore: Parameters()
        }
    }

    /// nil: none of these.
    package init?(_ received: ReceivedError) {
        let parameters = received.parameters(Parameters.self) ?? Parameters()
        switch received.name {
        case "org.varlink.service.InterfaceNotFound": self = .interfaceNotFound(parameters.interface ?? "")
        case "org.varlink.service.MethodNotFound": self = .methodNotFound(parameters.method ?? "")
        case "org.varlink.service.MethodNotImplemented": self = .methodNotImplemented(parameters.method ?? "")
        case "org.varlink.service.InvalidParameter": self = .invalidParameter(parameters.parameter ?? "")
        case "org.varlink.service.PermissionDenied": self = .permissionDenied
        case "org.varlink.service.ExpectedMore": self = .expectedMore
        default: return nil
        }
    }
}
