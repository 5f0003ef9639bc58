package import Varlink

/// An error that goes over the control socket: those of net.uplinkd, and those that Varlink has for everybody.
package enum ControlError: InterfaceError {
    case unknownWAN(wan: String, known: [String])
    case unknownReport(id: String, known: [String])
    case wanNotUsable(wan: String, health: String, reason: String)
    /// The message is a sentence, with what to do.
    case drillRefused(message: String)
    case configurationRefused(problems: [String])
    /// What was to be asked can't be. The message is a sentence, with what to write instead.
    case invalidTarget(message: String)
    case tooManyClients(limit: Int)
    /// The daemon tried and could not. The message is a sentence.
    case failed(message: String)

    /// One of Varlink's own.
    case service(ServiceError)
    /// One that only a later daemon knows, by its name. Received, never sent.
    case other(String)
}

extension ControlError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownWAN(let wan, let known):
            "There is no WAN '\(wan)'. " + (known.isEmpty ? "None is configured." : "Configured: \(known.joined(separator: ", ")).")
        case .unknownReport(let id, let known):
            "There is no report '\(id)'. "
                + (known.isEmpty
                    ? "There has been no switch since uplinkd started." : "Kept since uplinkd started: \(known.joined(separator: ", ")).")
        case .wanNotUsable(let wan, let health, let reason): "\(wan) can't be used, it is \(health): \(reason)"
        case .drillRefused(let message): message
        case .configurationRefused(let problems):
            "The configuration was refused, the one before stays in force:\n" + problems.joined(separator: "\n")
        case .invalidTarget(let message): message
        case .tooManyClients(let limit): "uplinkd has no place for another client, it serves as many as it may: \(limit)."
        case .failed(let message): message
        case .service(.interfaceNotFound(let interface)): "uplinkd has no interface '\(interface)'."
        case .service(.methodNotFound(let method)): "This uplinkd has no method '\(method)': is the running one older than this program?"
        case .service(.methodNotImplemented(let method)): "uplinkd can't do '\(method)' in this way."
        case .service(.invalidParameter(let parameter)): "The parameter '\(parameter)' is unknown or has a value that it can't have."
        case .service(.permissionDenied): "Permission denied."
        case .service(.expectedMore): "This method streams: it has to be called with 'more'."
        case .other(let name): "uplinkd answered with the error \(name)."
        }
    }
}

// On the wire: a name, and parameters.
extension ControlError {
    /// Together with `Parameters` the only place that knows the names.
    package var name: String {
        switch self {
        case .unknownWAN: "net.uplinkd.UnknownWAN"
        case .unknownReport: "net.uplinkd.UnknownReport"
        case .wanNotUsable: "net.uplinkd.WANNotUsable"
        case .drillRefused: "net.uplinkd.DrillRefused"
        case .configurationRefused: "net.uplinkd.ConfigurationRefused"
        case .invalidTarget: "net.uplinkd.InvalidTarget"
        case .tooManyClients: "net.uplinkd.TooManyClients"
        case .failed: "net.uplinkd.Failed"
        case .service(let error): error.name
        case .other(let name): name
        }
    }

    /// The parameters of all errors in one: each error uses its own and leaves out the rest.
    package struct Parameters: Codable, Sendable {
        var wan: String?
        var id: String?
        var known: [String]?
        var health: String?
        var reason: String?
        var problems: [String]?
        var limit: Int?
        var message: String?
        var interface: String?
        var method: String?
        var parameter: String?
    }

    package var parameters: Parameters {
        switch self {
        case .unknownWAN(let wan, let known): Parameters(wan: wan, known: known)
        case .unknownReport(let id, let known): Parameters(id: id, known: known)
        case .wanNotUsable(let wan, let health, let reason): Parameters(wan: wan, health: health, reason: reason)
        case .configurationRefused(let problems): Parameters(problems: problems)
        case .tooManyClients(let limit): Parameters(limit: limit)
        case .failed(let message), .invalidTarget(let message), .drillRefused(let message): Parameters(message: message)
        case .service(let error):
            Parameters(
                interface: error.parameters.interface, method: error.parameters.method, parameter: error.parameters.parameter)
        case .other: Parameters()
        }
    }

    /// What is missing becomes empty: the name alone already says most.
    package init(_ received: ReceivedError) {
        let parameters = received.parameters(Parameters.self) ?? Parameters()
        switch received.name {
        case "net.uplinkd.UnknownWAN": self = .unknownWAN(wan: parameters.wan ?? "", known: parameters.known ?? [])
        case "net.uplinkd.UnknownReport": self = .unknownReport(id: parameters.id ?? "", known: parameters.known ?? [])
        case "net.uplinkd.WANNotUsable":
            self = .wanNotUsable(wan: parameters.wan ?? "", health: parameters.health ?? "", reason: parameters.reason ?? "")
        case "net.uplinkd.DrillRefused": self = .drillRefused(message: parameters.message ?? "")
        case "net.uplinkd.ConfigurationRefused": self = .configurationRefused(problems: parameters.problems ?? [])
        case "net.uplinkd.InvalidTarget": self = .invalidTarget(message: parameters.message ?? "")
        case "net.uplinkd.TooManyClients": self = .tooManyClients(limit: parameters.limit ?? 0)
        case "net.uplinkd.Failed": self = .failed(message: parameters.message ?? "")
        default: self = ServiceError(received).map { .service($0) } ?? .other(received.name)
        }
    }
}
