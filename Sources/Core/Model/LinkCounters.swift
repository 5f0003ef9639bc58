/// How many packets an interface has received and sent since it exists.
package struct LinkCounters: Hashable, Sendable, Codable {
    package var received: UInt64
    package var sent: UInt64
    /// nil: not known, as in recordings that are older than these.
    package var receivedBytes: UInt64?
    package var sentBytes: UInt64?

    package init(received: UInt64, sent: UInt64, receivedBytes: UInt64? = nil, sentBytes: UInt64? = nil) {
        self.received = received
        self.sent = sent
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
    }
}
