package import FoundationEssentials

/// One reply as the daemon sends it: a JSON object with `parameters`, and `error` or `continues` where they apply.
package enum Reply {
    /// Without the NUL that ends it.
    package static func encode(_ parameters: some Encodable, continues: Bool = false) throws(ControlError) -> Data {
        do {
            return try encodeJSON(Outgoing(parameters: parameters, continues: continues ? true : nil, error: nil))
        } catch {
            // A number that JSON doesn't have (NaN): our own fault, but no reason to leave the client without an answer.
            throw .failed(message: "The answer could not be written: \(error)")
        }
    }

    package static func encode(_ error: ControlError) -> Data {
        do {
            return try encodeJSON(Outgoing(parameters: error.parameters, continues: nil, error: error.name))
        } catch {
            // Text and whole numbers only: this can't happen, and if it does the client still gets an error.
            return Data(#"{"error":"net.uplinkd.Failed","parameters":{"message":"The error could not be written."}}"#.utf8)
        }
    }

    /// The outcome that the daemon reports, and whether more replies follow. Throws on what isn't a reply.
    package static func decode<P: Decodable>(
        _ type: P.Type, from json: Data
    ) throws(DecodingError) -> (outcome: Result<P, ControlError>, continues: Bool) {
        let header = try decodeJSON(Header.self, from: json)
        if let name = header.error {
            // Parameters of an unexpected type are as good as none: the name decides.
            let parameters = (try? decodeJSON(Parameters<ControlError.Parameters>.self, from: json).parameters) ?? .init()
            return (.failure(ControlError(name: name, parameters: parameters)), false)
        }
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
