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
