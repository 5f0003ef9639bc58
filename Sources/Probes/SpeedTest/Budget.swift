/// What may be used, in IP bytes both ways, and what that leaves for the pages themselves.
struct Budget: Equatable {
    /// The IP and TCP headers of one segment, with timestamps.
    var header: Int
    var limit: Int

    /// Handshakes, heads and the measurement of the round trip.
    static let aside = 20_000

    /// In the worst case each segment has a confirmation of its own.
    func payload(of bytes: Int, segment: Int) -> Int { max(0, bytes) / (segment + 2 * header) * segment }

    /// Whether what is here and what may be under way already use it up.
    func isUsedUp(by used: Int, window: Int, segment: Int) -> Bool {
        let coming = (window + segment - 1) / segment * (segment + 2 * header)
        return used + coming >= limit
    }
}

/// What a connection has done so far, by the kernel's own count.
package struct Traffic: Equatable, Sendable {
    /// Payload, with what was sent again.
    package var sent = 0
    package var received = 0
    package var segments = 0
    /// Payload that the far side has confirmed.
    package var confirmed = 0
    /// So much more may come in without another word of ours.
    package var window = 0
    package var segmentSize = 536

    package init() {}

    /// IP bytes both ways.
    func bytes(header: Int) -> Int { sent + received + segments * header }
}

extension Traffic {
    /// `struct tcp_info` of include/uapi/linux/tcp.h by its offsets: that header and netinet/tcp.h can't both be included, and the latter's ends
    /// before what is wanted here. nil: a kernel before 4.19, which can't bind to an interface's index either.
    init?(tcpInfo bytes: [UInt8]) {
        guard bytes.count >= 216 else { return nil }
        func word(_ offset: Int) -> Int { Int(bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }) }
        func long(_ offset: Int) -> Int {
            Int(clamping: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) })
        }
        // tcpi_bytes_sent, _bytes_received, _segs_out, _segs_in, _bytes_acked, _rcv_ssthresh, _snd_mss
        sent = long(200)
        received = long(128)
        segments = word(136) + word(140)
        confirmed = long(120)
        window = word(64)
        segmentSize = max(1, word(16))
    }
}
