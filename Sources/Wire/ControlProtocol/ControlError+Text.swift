import Model
import Varlink

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
        case .drillRefused(let reason), .invalidTarget(let reason): reason.text
        case .configurationRefused(let problems):
            "The configuration was refused, the one before stays in force:\n" + problems.joined(separator: "\n")
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
