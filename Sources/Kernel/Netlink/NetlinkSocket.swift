internal import CNetlink
internal import Glibc

/// A netlink socket for questions and orders: it sends one message at a time and reads until that one is answered.
package final class NetlinkSocket {
    private let bus: Int32
    private let socket: OpenSocket
    private let port: UInt32

    /// How many messages the kernel has sent us: the measure of how well it filters for us.
    package private(set) var messagesReceived = 0

    /// A dump that others keep changing is read anew so many times.
    package static let dumpAttempts = 5

    package init(_ bus: Int32 = NETLINK_ROUTE) throws(NetlinkFailure) {
        self.bus = bus
        socket = try OpenSocket(bus)
        port = nl_socket_get_local_port(socket.handle)

        // Strict checking (4.20) is what makes the kernel filter dumps; without it a dump is merely longer, as we look again.
        // Explanations of errors (4.12) may be missing too.
        _ = socket.set(SOL_NETLINK, NETLINK_GET_STRICT_CHK, to: Int32(1))
        _ = socket.set(SOL_NETLINK, NETLINK_EXT_ACK, to: Int32(1))
        // The kernel answers before `send` returns, so this is never waited for, unless it dropped the answer for want of memory.
        _ = socket.set(SOL_SOCKET, SO_RCVTIMEO, to: timeval(tv_sec: 2, tv_usec: 0))
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

    /// Shows the entries of a list until `each` has seen enough: it says so with false. The rest the kernel never makes: the list is of a socket of its
    /// own, which is closed then.
    package func readBeginning(of request: borrowing Request, each: (Reply) -> Bool) throws(NetlinkFailure) {
        let other = try NetlinkSocket(bus)
        defer { messagesReceived += other.messagesReceived }
        do {
            _ = try other.walk(request) { reply throws(NetlinkFailure) in if !each(reply) { throw NetlinkFailure(ECANCELED) } }
        } catch  where error.code == ECANCELED {
            return
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
        let sequence = nl_socket_use_seq(socket.handle)
        header.pointee.nlmsg_flags |= UInt16(NLM_F_REQUEST | flags)
        header.pointee.nlmsg_seq = sequence
        header.pointee.nlmsg_pid = port
        try send(UnsafeRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len)))
        return sequence
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws(NetlinkFailure) {
        while Glibc.send(socket.descriptor, bytes.baseAddress, bytes.count, 0) < 0 {
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
            switch socket.read() {
            case .whole(let replies): return replies
            case .foreign, .none(errno: EINTR): continue
            case .tooLong: throw NetlinkFailure(EMSGSIZE)
            case .none(let code): throw NetlinkFailure(code == EAGAIN ? ETIMEDOUT : code)
            }
        }
    }
}
