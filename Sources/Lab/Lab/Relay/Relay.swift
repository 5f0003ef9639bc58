internal import Glibc

/// A TUN device of a provider's box through which all that the box forwards is led: there is no `netem` in every kernel, and this needs
/// none. Runs until SIGTERM; the device goes with it, and the packets then take the straight way.
package struct Relay {
    package var device: String
    /// A FIFO: each line written to it changes the conditions (`Conditions.init(line:)`).
    package var control: String

    package init(device: String, control: String) {
        self.device = device
        self.control = control
    }

    package func run() throws {
        let stop = try StopSignal()
        let tunnel = try open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)
        try attach(tunnel)
        guard mkfifo(control, 0o600) == 0 || errno == EEXIST else { throw LabError("\(control): \(lastError())") }
        // For writing too, or it would be at its end whenever nobody else has it open.
        let orders = try open(control, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        printLine(readyLine)

        var line = DelayLine(random: SystemRandomNumberGenerator())
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        var descriptors = [pollfd(stop.descriptor), pollfd(orders), pollfd(tunnel)]
        while true {
            try wait(&descriptors, until: line.deadline)
            if descriptors[0].isReady { break }
            if descriptors[1].isReady {
                let count = read(orders, &buffer, buffer.count)
                text += buffer[..<max(0, count)]
                while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                    line.change(try Conditions(line: String(decoding: text[..<end], as: UTF8.self)))
                    text.removeSubrange(...end)
                }
            }
            // Not all that there is: those that are due must not wait for a flood.
            for _ in 0..<64 {
                let count = read(tunnel, &buffer, buffer.count)
                guard count > 0 else { break }
                line.add(Array(buffer[..<count]), at: .now)
            }
            let now = Moment.now
            // A packet that the kernel doesn't take back is lost, as on any line.
            while let packet = line.next(at: now) { _ = write(tunnel, packet, packet.count) }
        }
        unlink(control)
        printLine("dropped \(line.dropped)")
    }

    private func open(_ path: String, _ flags: Int32) throws -> Int32 {
        let descriptor = Glibc.open(path, flags)
        guard descriptor >= 0 else { throw LabError("\(path): \(lastError())") }
        return descriptor
    }

    /// TUNSETIFF with an ifreq (netdevice(7)): the name, 16 bytes, and the flags.
    private func attach(_ tunnel: Int32) throws {
        let name = Array(device.utf8)
        guard (1..<16).contains(name.count) else { throw LabError("no name of a device: \(device)") }
        var request = [UInt8](repeating: 0, count: 40)
        request.replaceSubrange(..<name.count, with: name)
        // IFF_TUN and IFF_NO_PI of linux/if_tun.h: bare IP packets.
        let flags: UInt16 = 0x0001 | 0x1000
        request.withUnsafeMutableBytes { $0.storeBytes(of: flags, toByteOffset: 16, as: UInt16.self) }
        guard ioctl(tunnel, 0x4004_54ca, &request) == 0 else { throw LabError("TUNSETIFF \(device): \(lastError())") }
    }
}
