/// One thing that a WAN is judged by, with what it has of its own.
package struct Target: Hashable, Sendable, CustomStringConvertible {
    package var question: Question
    /// nil: that of its WAN, or of its kind.
    package var ownInterval: Duration?
    package var ownTimeout: Duration?

    package init(_ question: Question, interval: Duration? = nil, timeout: Duration? = nil) {
        self.question = question
        ownInterval = interval
        ownTimeout = timeout
    }

    /// The short form of an echo: `gateway`, or an address.
    package init?(_ text: String) {
        if text == "gateway" {
            self = .gateway
        } else if let address = IPAddress(text) {
            self.init(.echo(.address(address)))
        } else {
            return nil
        }
    }

    package static let gateway = Target(.echo(.gateway))
    package static func address(_ address: IPv4Address) -> Target { Target(.echo(.address(.v4(address)))) }

    package var description: String { question.description }
}
