internal import CNetlink
internal import Glibc

/// A netlink socket for questions and orders: it sends one message at a time and reads until that one is answered.
///
/// libnl opens it, and picks a port id that is free, so that a process may have several. Reading is done here: libnl folds errnos
/// into fewer codes of its own (ENETUNREACH becomes "unspecific failure"), and after one lost reply it refuses all that follow.
package final class NetlinkSocket {
    private let socket: OpaquePointer
    private let descriptor: Int32
    private let port: UInt32
    private let buffer: UnsafeMutableRawBufferPointer

    /// How many messages the kernel has sent us: the measure of how well it filters for us.
    package private(set) var messagesReceived = 0

    /// The kernel never puts more than 32 KiB of a dump in one datagram (`netlink_recvmsg` in net/netlink/af_netlink.c).
    static let bufferSize = 32 * 1024
    /// A dump that others keep changing is read anew so many times.
    package static let dumpAttempts = 5

    package init(_ bus: Int32 = NETLINK_ROUTE) throws(NetlinkFailure) {
        guard let socket = nl_socket_alloc() else { throw NetlinkFailure(ENOMEM) }
        let result = nl_connect(socket, bus)
        guard result == 0 else {
            let code = errno
            nl_socket_free(socket)
            throw NetlinkFailure(code != 0 ? code : EPROTO, words: nl_geterror(result).map { String(cString: $0) })
        }
        self.socket = socket
        descriptor = nl_socket_get_fd(socket)
        port = nl_socket_get_local_port(socket)
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)

        // Strict checking (4.20) is what makes the kernel filter dumps; without it a dump is merely longer, as we look again.
        // Explanations of errors (4.12) may be missing too.
        _ = setOption(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1)
        _ = setOption(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        // The kernel answers before `send` returns, so this is never waited for, unless it dropped the answer for want of memory.
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        nl_socket_free(socket)
        buffer.deallocate()
    }

    private func setOption(_ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// Carries out one order; `each` sees what comes before the acknowledgement.
    package func exchange(_ request: borrowing Request, each: (Reply) -> Void = { _ in }) throws(NetlinkFailure) {
        let sequence = try send(request, flags: NLM_F_ACK)
        _ = try receive(sequence, each)
    }

    /// Asks for one thing, which is told in one message. There is no acknowledgement: it would be a second datagram to read.
    package func ask<Answer>(_ request: borrowing Request, _ parse: (Reply) -> Answer?) throws(NetlinkFailure) -> Answer? {
        let sequence = try send(request, flags: 0)
        while true {
            for reply in try datagram() {
                switch reply.verdict(on: sequence, port: port) {
                case .content:
                    messagesReceived += 1
                    return parse(reply)
                case .failure(let failure): throw failure
                case .end, .nothing: continue
                }
            }
        }
    }

    /// Reads a list. What `parse` doesn't want is left out. A list that changed while it was read is read again; after
    /// `dumpAttempts` times this fails with EINTR.
    ///
    /// Linux 6.18 marks a changed list of all links or all addresses; those of routes, of rules and of one interface's addresses it
    /// doesn't mark. There it is the notice of the very change that brings the next reading.
    package func dump<Element>(_ request: borrowing Request, _ parse: (Reply) -> Element?) throws(NetlinkFailure) -> [Element] {
        for _ in 1...Self.dumpAttempts {
            var found: [Element] = []
            let isWhole = try walk(request) { reply in
                if let element = parse(reply) { found.append(element) }
            }
            if isWhole { return found }
        }
        throw Self.everChanging
    }

    /// What a list comes to that was never read whole, however often.
    package static var everChanging: NetlinkFailure {
        NetlinkFailure(EINTR, words: "it changed while it was being read, \(dumpAttempts) times over")
    }

    /// Shows each entry of a list as it comes, which holds nothing in memory. False: some may be missing, or have come twice.
    ///
    /// The kernel goes on with the list when it is asked for the next part of it, so `each` may take its time. After a failure the socket
    /// is of no more use for lists: the kernel still holds this one.
    package func walk(_ request: borrowing Request, each: (Reply) throws(NetlinkFailure) -> Void) throws(NetlinkFailure) -> Bool {
        let sequence = try send(request, flags: NLM_F_ROOT | NLM_F_MATCH)
        do {
            return try receive(sequence, each)
        } catch  where error.code == ENOBUFS {
            // A part was dropped. What still comes of this dump is told apart by its sequence number.
            return false
        }
    }

    /// Carries out many orders with one call, and empties the batch. Gives back how many of them were for something that is gone (ENOENT).
    package func exchange(_ batch: inout MessageBatch) throws(NetlinkFailure) -> Int {
        batch.close()
        let sent = batch.bytes
        batch.removeAll()
        try sent.withUnsafeBytes { bytes in Result { () throws(NetlinkFailure) in try send(bytes) } }.get()
        var gone = 0
        while true {
            do {
                // A refusal comes alone in its datagram, so no other is lost with it.
                _ = try receive(MessageBatch.sequence) { _ in }
                return gone
            } catch  where error.code == ENOENT {
                gone += 1
            }
        }
    }

    private func send(_ request: borrowing Request, flags: Int32) throws(NetlinkFailure) -> UInt32 {
        let header = try request.header()
        let sequence = nl_socket_use_seq(socket)
        header.pointee.nlmsg_flags |= UInt16(NLM_F_REQUEST | flags)
        header.pointee.nlmsg_seq = sequence
        header.pointee.nlmsg_pid = port
        try send(UnsafeRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len)))
        return sequence
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws(NetlinkFailure) {
        while Glibc.send(descriptor, bytes.baseAddress, bytes.count, 0) < 0 {
            guard errno == EINTR else { throw NetlinkFailure(errno) }
        }
    }

    /// Reads until the answer to `sequence` is complete. False: it is a dump that was interrupted by a change.
    private func receive(_ sequence: UInt32, _ each: (Reply) throws(NetlinkFailure) -> Void) throws(NetlinkFailure) -> Bool {
        var isWhole = true
        while true {
            for reply in try datagram() {
                let verdict = reply.verdict(on: sequence, port: port)
                if verdict != .nothing, reply.flags & NLM_F_DUMP_INTR != 0 { isWhole = false }
                switch verdict {
                case .content:
                    messagesReceived += 1
                    try each(reply)
                case .end: return isWhole
                case .failure(let failure): throw failure
                case .nothing: continue
                }
            }
        }
    }

    private func datagram() throws(NetlinkFailure) -> Replies {
        while true {
            var sender = sockaddr_nl()
            var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
            let count = withUnsafeMutablePointer(to: &sender) { sender in
                sender.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC), $0, &length)
                }
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw NetlinkFailure(errno == EAGAIN ? ETIMEDOUT : errno)
            }
            // Other processes may send to our port; only the kernel has the port 0.
            guard sender.nl_pid == 0 else { continue }
            guard count <= buffer.count else { throw NetlinkFailure(EMSGSIZE) }
            return Replies(buffer: buffer, count: count)
        }
    }
}
