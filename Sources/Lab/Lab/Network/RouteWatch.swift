internal import Glibc

/// Prints each change of a default route of the daemon's as it happens, a line of JSON with the time. Runs until SIGTERM. So a switch is
/// seen without any traffic that would itself be evidence for the daemon.
package struct RouteWatch {
    package init() {}

    package func run() throws {
        let stop = try StopSignal()
        // NETLINK_ROUTE is 0; RTMGRP_IPV4_ROUTE of linux/rtnetlink.h is 0x40.
        let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw LabError("a netlink socket: \(lastError())") }
        // sockaddr_nl: family and padding, our port (the kernel's choice), groups.
        let address: [UInt32] = [UInt32(AF_NETLINK), 0, 0x40]
        let result = address.withUnsafeBytes { bytes in
            bind(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard result == 0 else { throw LabError("listening to netlink: \(lastError())") }
        // Its time is what others are measured by: it mustn't wait for its turn on a busy machine. Where that isn't granted, it does.
        var priority = sched_param(sched_priority: 1)
        sched_setscheduler(0, SCHED_FIFO, &priority)
        printLine(readyLine)
        var buffer = [UInt8](repeating: 0, count: 65536)
        var descriptors = [pollfd(stop.descriptor), pollfd(descriptor)]
        while true {
            try wait(&descriptors, until: nil)
            if descriptors[0].isReady { return }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 || errno == EAGAIN || errno == EINTR else { throw LabError("netlink: \(lastError())") }
            let now = Moment.now
            for change in RouteChange.read(buffer[..<max(0, count)], at: now) { printLine(try JSON.line(change)) }
        }
    }
}

/// A default route of the daemon's in the main table came or went.
package struct RouteChange: Codable, Equatable, Sendable {
    package var time: Moment
    package var isAdded: Bool
    package var interfaceIndex: Int
    package var metric: Int

    /// Of several messages as recv() gives them; what is cut short is left out. The layout is that of rtnetlink(7).
    package static func read(_ bytes: ArraySlice<UInt8>, at time: Moment) -> [RouteChange] {
        var found: [RouteChange] = []
        var rest = bytes
        while let length = rest.number(at: 0, as: UInt32.self).map({ Int($0) }), length >= 16, length <= rest.count {
            if let change = RouteChange(rest.prefix(length), at: time) { found.append(change) }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return found
    }

    private init?(_ message: ArraySlice<UInt8>, at time: Moment) {
        let (newRoute, deleteRoute, mainTable, ours): (UInt16, UInt16, UInt8, UInt8) = (24, 25, 254, 85)
        guard let type = message.number(at: 4, as: UInt16.self), type == newRoute || type == deleteRoute, message.count >= 28 else {
            return nil
        }
        // rtmsg: family, length of the destination's prefix, of the source's, TOS, table, protocol.
        let route = Array(message.dropFirst(16).prefix(6))
        guard route[0] == UInt8(AF_INET), route[1] == 0, route[4] == mainTable, route[5] == ours else { return nil }
        var attributes: [UInt16: UInt32] = [:]
        var rest = message.dropFirst(28)
        while let length = rest.number(at: 0, as: UInt16.self).map({ Int($0) }), length >= 4, length <= rest.count {
            if let kind = rest.number(at: 2, as: UInt16.self), let value = rest.prefix(length).number(at: 4, as: UInt32.self) {
                attributes[kind] = value
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        // RTA_OIF and RTA_PRIORITY; no priority means 0.
        guard let index = attributes[4] else { return nil }
        self.init(time: time, isAdded: type == newRoute, interfaceIndex: Int(index), metric: Int(attributes[6] ?? 0))
    }

    package init(time: Moment, isAdded: Bool, interfaceIndex: Int, metric: Int) {
        self.time = time
        self.isAdded = isAdded
        self.interfaceIndex = interfaceIndex
        self.metric = metric
    }
}

extension ArraySlice<UInt8> {
    /// Netlink speaks the machine's own byte order.
    fileprivate func number<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value? {
        withUnsafeBytes { bytes in
            offset + MemoryLayout<Value>.size <= bytes.count ? bytes.loadUnaligned(fromByteOffset: offset, as: Value.self) : nil
        }
    }
}

/// A watch that is under way.
package struct RouteWatchHandle: Sendable {
    let child: Child

    /// So far, oldest first.
    package func changes() throws -> [RouteChange] {
        try child.outputLines.filter { $0 != readyLine }.map { try JSON.decode(RouteChange.self, from: $0) }
    }

    /// When the daemon took its traffic away from that interface: its route at a metric that a usable WAN has went. 1000 and more are those
    /// of WANs that stand back.
    package func left(_ interfaceIndex: Int, after moment: Moment) throws -> Moment? {
        try changes().first { !$0.isAdded && $0.interfaceIndex == interfaceIndex && $0.metric < 1000 && $0.time > moment }?.time
    }
}

extension Lab {
    /// Waits until the daemon has taken its traffic away from that interface, and says when that was.
    package func left(_ interfaceIndex: Int, after moment: Moment, _ watch: RouteWatchHandle) async throws -> Moment {
        var left: Moment?
        try await eventually("its route has stepped back") {
            left = try watch.left(interfaceIndex, after: moment)
            return left != nil
        }
        guard let left else { throw LabError("no change of a route") }
        return left
    }
}

extension Router {
    package func watchRoutes() async throws -> RouteWatchHandle {
        RouteWatchHandle(child: try await node.startTraffic("route watch", ["watch-routes"]))
    }
}
