package import FoundationEssentials

/// One call as a client sends it: a JSON object with `method` and, if need be, `parameters`, `more`, `oneway`, `upgrade`.
package struct Call: Sendable {
    /// The full name, whether or not there is such a method.
    package var name: String
    /// More than one reply is welcome.
    package var more: Bool
    /// No reply is wanted.
    package var oneway: Bool
    /// What comes after the reply shall be another protocol; we have none.
    package var upgrade: Bool
    /// The parameters' types depend on the method, so they are read from this when the method is known.
    private let json: Data

    /// Throws on anything that isn't a call at all.
    package init(json: Data) throws(DecodingError) {
        let header = try decodeJSON(Header.self, from: json)
        name = header.method
        more = header.more ?? false
        oneway = header.oneway ?? false
        upgrade = header.upgrade ?? false
        self.json = json
    }

    /// The name as far as the last dot.
    package var interface: String {
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return String(name[..<dot])
    }

    package func parameters<P: CallParameters>(_ type: P.Type = P.self) throws(ServiceError) -> P {
        do throws(DecodingError) {
            let given = try decodeJSON(Parameters<Names>.self, from: json).parameters?.names ?? []
            if let stranger = given.sorted().first(where: { !P.known.contains($0) }) {
                throw DecodingError.dataCorrupted(.init(codingPath: [Name(stringValue: stranger)], debugDescription: "unknown"))
            }
            if let parameters = try decodeJSON(Parameters<P>.self, from: json).parameters { return parameters }
            return try decodeJSON(P.self, from: Data("{}".utf8))
        } catch {
            throw .invalidParameter(parameter: error.key)
        }
    }

    /// A call as JSON, without the NUL that ends it.
    package static func encode(_ method: String, _ parameters: some CallParameters, more: Bool) throws(EncodingError) -> Data {
        try encodeJSON(Outgoing(method: method, parameters: parameters, more: more ? true : nil))
    }

    private struct Header: Decodable {
        var method: String
        var more: Bool?
        var oneway: Bool?
        var upgrade: Bool?
    }

    private struct Parameters<P: Decodable>: Decodable { var parameters: P? }

    private struct Outgoing<P: Encodable>: Encodable {
        var method: String
        var parameters: P
        var more: Bool?
    }

    /// Only the names of the parameters.
    private struct Names: Decodable {
        var names: [String]
        init(from decoder: any Decoder) throws { names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue) }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension DecodingError {
    /// The key at which it went wrong.
    fileprivate var key: String {
        switch self {
        case .keyNotFound(let key, _): key.stringValue
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.last?.stringValue ?? "parameters"
        @unknown default: "parameters"
        }
    }
}
