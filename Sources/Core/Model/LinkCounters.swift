/// How many packets an interface has received and sent since it exists.
package struct LinkCounters: Hashable, Sendable, Codable {
    package var received: UInt64
    package var sent: UInt64

    package init(received: UInt64, sent: UInt64) {
        self.received = received
        self.sent = sent
    }
}
