package import FoundationEssentials

package func decodeJSON<T: Decodable>(_ type: T.Type, from data: Data) throws(DecodingError) -> T {
    do {
        return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
        throw error
    } catch {
        throw .dataCorrupted(.init(codingPath: [], debugDescription: "\(error)", underlyingError: error))
    }
}

package func encodeJSON(_ value: some Encodable) throws(EncodingError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
        return try encoder.encode(value)
    } catch let error as EncodingError {
        throw error
    } catch {
        throw .invalidValue(value, .init(codingPath: [], debugDescription: "\(error)", underlyingError: error))
    }
}
