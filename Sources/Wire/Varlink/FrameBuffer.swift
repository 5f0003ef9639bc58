package import FoundationEssentials

/// Cuts a stream of bytes into Varlink's messages: each ends with a NUL.
package struct FrameBuffer {
    package enum Problem: Error, Equatable { case tooLong, empty }

    /// What has come in and isn't cut yet.
    private var bytes: [UInt8] = []
    /// So far there is no NUL: a long message in small pieces is searched once, not once for each piece.
    private var searched = 0
    private let limit: Int

    package init(limit: Int) { self.limit = limit }

    /// Bytes that wait.
    package var count: Int { bytes.count }

    package mutating func append(_ new: some Sequence<UInt8>) { bytes.append(contentsOf: new) }

    /// The next message without its NUL. nil: it isn't complete yet.
    package mutating func next() throws(Problem) -> Data? {
        guard let end = bytes[searched...].firstIndex(of: 0) else {
            searched = bytes.count
            if bytes.count > limit { throw .tooLong }
            return nil
        }
        if end > limit { throw .tooLong }
        if end == 0 { throw .empty }
        let message = Data(bytes[..<end])
        bytes.removeFirst(end + 1)
        searched = 0
        return message
    }
}
