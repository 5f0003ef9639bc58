package import FoundationEssentials

/// One reply as a service sends it: a JSON object with `parameters`, and `error` or `continues` where they apply.
package enum Reply {
    /// A number that JSON doesn't have (NaN): our own fault, but no reason to leave the client without an answer.
    package struct Unwritable: Error, CustomStringConvertible {
        let error: EncodingError
        package var description: String { "The answer could not be written: \(error)" }
    }

    /// Without the NUL that ends it.
    package static func encode(_ parameters: some Encodable, continues: Bool = false) throws(Unwritable) -> Data {
        do {
            return try encodeJSON(Outgoing(parameters: parameters, continues: continues ? true : nil, error: nil))
        } catch {
            throw Unwritable(error: error)
        }
    }

    package static func encode(_ sent: some SentError) -> Data {
        do {
            return try encodeJSON(Outgoing(parameters: sent.parameters, continues: nil, error: sent.name))
        } catch {
            // Text and whole numbers only: this can't happen, and if it does the client still gets the error.
            return Data("{\"error\":\"\(sent.name)\"}".utf8)
        }
    }

    /// The outcome that the service reports, and whether more replies follow. Throws on what isn't a reply.
    package static func decode<P: Decodable, E: InterfaceError>(
        _ type: P.Type, or: E.Type, from json: Data
    ) throws(DecodingError) -> (outcome: Result<P, E>, continues: Bool) {
        let header = try decodeJSON(Header.self, from: json)
        if let name = header.error { return (.failure(E(ReceivedError(name: name, json: json))), false) }
        let continues = header.continues ?? false
        if let parameters = try decodeJSON(Parameters<P>.self, from: json).parameters { return (.success(parameters), continues) }
        return (.success(try decodeJSON(P.self, from: Data("{}".utf8))), continues)
    }

    private struct Outgoing<P: Encodable>: Encodable {
        var parameters: P
        var continues: Bool?
        var error: String?
    }

    private struct Header: Decodable {
        var continues: Bool?
        var error: String?
    }

    private struct Parameters<P: Decodable>: Decodable { var parameters: P? }
}
