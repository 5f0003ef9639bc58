// Generated from net.uplinkd.varlink by Scripts/generate-varlink: not to be edited by hand.

package import Model
package import Varlink

/// The errors of net.uplinkd.
package enum ControlError: InterfaceError {
    case unknownWAN(wan: String, known: [String])
    case wanNotUsable(wan: String, health: String, reason: Sentence)
    /// The text says why, and what to do.
    case drillRefused(reason: Sentence)
    case unknownReport(id: String, known: [String])
    case configurationRefused(problems: [String])
    /// What Probe was to ask, or Explain to suppose, can't be.
    case invalidTarget(reason: Sentence)
    /// Sent without having been asked, right before the connection is closed.
    case tooManyClients(limit: Int)
    /// The daemon tried and could not.
    case failed(message: String)

    /// One of Varlink's own.
    case service(ServiceError)
    /// One that only a later service knows, by its name. Received, never sent.
    case other(String)

    package var name: String {
        switch self {
        case .unknownWAN: "net.uplinkd.UnknownWAN"
        case .wanNotUsable: "net.uplinkd.WANNotUsable"
        case .drillRefused: "net.uplinkd.DrillRefused"
        case .unknownReport: "net.uplinkd.UnknownReport"
        case .configurationRefused: "net.uplinkd.ConfigurationRefused"
        case .invalidTarget: "net.uplinkd.InvalidTarget"
        case .tooManyClients: "net.uplinkd.TooManyClients"
        case .failed: "net.uplinkd.Failed"
        case .service(let error): error.name
        case .other(let name): name
        }
    }

    /// Those of all errors in one: each error uses its own and leaves out the rest.
    package struct Parameters: Codable, Sendable {
        package var wan: String?
        package var known: [String]?
        package var health: String?
        package var reason: Sentence?
        package var id: String?
        package var problems: [String]?
        package var limit: Int?
        package var message: String?
        package var interface: String?
        package var method: String?
        package var parameter: String?
    }

    package var parameters: Parameters {
        var parameters = Parameters()
        switch self {
        case .unknownWAN(let wan, let known):
            parameters.wan = wan
            parameters.known = known
        case .wanNotUsable(let wan, let health, let reason):
            parameters.wan = wan
            parameters.health = health
            parameters.reason = reason
        case .drillRefused(let reason):
            parameters.reason = reason
        case .unknownReport(let id, let known):
            parameters.id = id
            parameters.known = known
        case .configurationRefused(let problems):
            parameters.problems = problems
        case .invalidTarget(let reason):
            parameters.reason = reason
        case .tooManyClients(let limit):
            parameters.limit = limit
        case .failed(let message):
            parameters.message = message
        case .service(let error):
            parameters.interface = error.parameters.interface
            parameters.method = error.parameters.method
            parameters.parameter = error.parameters.parameter
        case .other: break
        }
        return parameters
    }

    /// What is missing becomes empty: the name alone already says most.
    package init(_ received: ReceivedError) {
        let parameters = received.parameters(Parameters.self) ?? Parameters()
        switch received.name {
        case "net.uplinkd.UnknownWAN": self = .unknownWAN(wan: parameters.wan ?? "", known: parameters.known ?? [])
        case "net.uplinkd.WANNotUsable":
            self = .wanNotUsable(wan: parameters.wan ?? "", health: parameters.health ?? "", reason: parameters.reason ?? Sentence())
        case "net.uplinkd.DrillRefused": self = .drillRefused(reason: parameters.reason ?? Sentence())
        case "net.uplinkd.UnknownReport": self = .unknownReport(id: parameters.id ?? "", known: parameters.known ?? [])
        case "net.uplinkd.ConfigurationRefused": self = .configurationRefused(problems: parameters.problems ?? [])
        case "net.uplinkd.InvalidTarget": self = .invalidTarget(reason: parameters.reason ?? Sentence())
        case "net.uplinkd.TooManyClients": self = .tooManyClients(limit: parameters.limit ?? 0)
        case "net.uplinkd.Failed": self = .failed(message: parameters.message ?? "")
        default: self = ServiceError(received).map { .service($0) } ?? .other(received.name)
        }
    }
}
