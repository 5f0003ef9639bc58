// Generated from org.varlink.service.varlink by Scripts/generate-varlink: not to be edited by hand.

/// The errors of org.varlink.service.
package enum ServiceError: SentError, Equatable {
    case interfaceNotFound(interface: String)
    case methodNotFound(method: String)
    case methodNotImplemented(method: String)
    case invalidParameter(parameter: String)
    case permissionDenied
    case expectedMore

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

    /// Those of all errors in one: each error uses its own and leaves out the rest.
    package struct Parameters: Codable, Sendable {
        package var interface: String?
        package var method: String?
        package var parameter: String?
    }

    package var parameters: Parameters {
        var parameters = Parameters()
        switch self {
        case .interfaceNotFound(let interface):
            parameters.interface = interface
        case .methodNotFound(let method):
            parameters.method = method
        case .methodNotImplemented(let method):
            parameters.method = method
        case .invalidParameter(let parameter):
            parameters.parameter = parameter
        case .permissionDenied, .expectedMore: break
        }
        return parameters
    }

    /// What is missing becomes empty: the name alone already says most. nil: none of these.
    package init?(_ received: ReceivedError) {
        let parameters = received.parameters(Parameters.self) ?? Parameters()
        switch received.name {
        case "org.varlink.service.InterfaceNotFound": self = .interfaceNotFound(interface: parameters.interface ?? "")
        case "org.varlink.service.MethodNotFound": self = .methodNotFound(method: parameters.method ?? "")
        case "org.varlink.service.MethodNotImplemented": self = .methodNotImplemented(method: parameters.method ?? "")
        case "org.varlink.service.InvalidParameter": self = .invalidParameter(parameter: parameters.parameter ?? "")
        case "org.varlink.service.PermissionDenied": self = .permissionDenied
        case "org.varlink.service.ExpectedMore": self = .expectedMore
        default: return nil
        }
    }
}
