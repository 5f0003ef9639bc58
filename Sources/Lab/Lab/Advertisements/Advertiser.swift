internal import Glibc

/// Sends router advertisements: at its start, every so often, and to whoever asks. Runs until SIGTERM, and doesn't say goodbye.
package struct Advertiser {
    package var interface: String
    /// The gateway's link-local address.
    package var source: String
    /// `2001:db8:1::/64`.
    package var prefix: String
    package var lifetime: Duration
    package var interval: Duration

    package init(interface: String, source: String, prefix: String, lifetime: Duration, interval: Duration) {
        self.interface = interface
        self.source = source
        self.prefix = prefix
        self.lifetime = lifetime
        self.interval = interval
    }

    package func run() throws {
        guard interval >= .milliseconds(50) else { throw LabError("an interval under 50 ms") }
        let parts = prefix.split(separator: "/").map(String.init)
        guard parts.count == 2, let bytes = Endpoint.parse(parts[0]), let length = UInt8(parts[1]), length <= 128 else {
            throw LabError("not a prefix: \(prefix)")
        }
        let stop = try StopSignal()
        let socket = try Socket.routerSolicitations(by: interface, source: Endpoint(source, 0))
        let everybody = try Endpoint("ff02::1", 0)
        printLine(readyLine)
        var due = Moment.now
        var buffer = [UInt8](repeating: 0, count: 2048)
        var descriptors = [pollfd(stop.descriptor), pollfd(socket.descriptor)]
        while true {
            if Moment.now >= due {
                let advertisement = RouterAdvertisement(lifetime: lifetime, prefix: bytes, prefixLength: length, hardware: hardware)
                // A cable that is cut, or a modem that is unplugged, takes nothing; the next one may.
                _ = socket.send(advertisement.bytes, to: everybody)
                due = .now + interval
            }
            try wait(&descriptors, until: due)
            if descriptors[0].isReady { return }
            guard descriptors[1].isReady else { continue }
            while case .bytes = socket.receive(into: &buffer) {
                // Somebody asks. The answer goes to everybody, as RFC 4861 (section 6.2.6) has it, and without its delay.
                due = .now
            }
        }
    }

    /// As it is now: it changes when the gateway becomes another box.
    private var hardware: [UInt8] {
        var text = [CChar](repeating: 0, count: 32)
        if let file = fopen("/sys/class/net/\(interface)/address", "r") {
            fgets(&text, Int32(text.count), file)
            fclose(file)
        }
        let digits = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let bytes = digits.split(whereSeparator: { $0 == ":" || $0 == "\n" }).compactMap { UInt8($0, radix: 16) }
        return bytes.count == 6 ? bytes : [UInt8](repeating: 0, count: 6)
    }
}
