import CNetlink
import Glibc
import Model
import Netlink
import Plan
import Testing

@testable import LinuxKernel

/// Whatever bytes a datagram holds, reading them ends, and stays within it.
@Suite struct GarbageTests {
    /// Runs everything that reads messages over these bytes.
    func read(_ bytes: [UInt8]) -> Int {
        // A page that may not be touched follows the datagram, so that a step too far ends the process. Messages begin at multiples of four.
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let pages = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let pages, pages != MAP_FAILED, bytes.count <= page, mprotect(pages + page, page, PROT_NONE) == 0 else {
            Issue.record("no memory: errno \(errno)")
            return 0
        }
        defer { munmap(pages, 2 * page) }
        let buffer = UnsafeMutableRawBufferPointer(start: pages + page - (bytes.count + 3) / 4 * 4, count: bytes.count)
        buffer.copyBytes(from: bytes)
        var count = 0
        var addresses = KnownAddresses()
        for reply in Replies(buffer: buffer, count: bytes.count) {
            count += 1
            _ = KernelRoute(reply).map { $0.routes { _ in InterfaceName("eth0") } }
            _ = KernelRule(reply)
            _ = Interface(reply)
            _ = IPv4Prefix(reply, of: 1)
            _ = IPv6Prefix(reply, of: 1)
            _ = addresses.learn(reply)
            _ = OwnEnd(reply)?.address
            _ = reply.errorWords
            if let session = ConntrackEntry(reply) {
                _ = (session.originalTuple, session.replyTuple, session.session)
                var batch = MessageBatch()
                session.delete(in: &batch)
            }
            _ = ConntrackEntry(reply, IPCTNL_MSG_CT_DELETE)?.session
            _ = NoticeFilter.concernsRouting(reply)
            _ = NoticeFilter.firewallPlace(reply)
        }
        return count
    }

    /// A multipath route, as the kernel would send it.
    func sample() throws -> [UInt8] {
        let route = try #require(Route("default via 192.0.2.1 dev eth0 proto 85 metric 1 src 192.0.2.9"))
        var bytes: [UInt8] = []
        let request = try RouteRequest.add(route, interface: 7)
        let header = try request.header()
        let hop: [UInt8] = [16, 0, 0, 0, 7, 0, 0, 0, 8, 0, UInt8(RTA_GATEWAY.rawValue), 0, 192, 0, 2, 2]
        bytes += UnsafeRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len))
        bytes += [36, 0, UInt8(RTA_MULTIPATH.rawValue), 0] + hop + hop
        bytes[0] = UInt8(bytes.count)
        return bytes
    }

    @Test("the sample means what it should")
    func whole() throws {
        let bytes = try sample()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: bytes)
        var replies = Replies(buffer: buffer, count: bytes.count)
        let first = replies.next()
        let reply = try #require(first)
        let route = try #require(KernelRoute(reply))
        #expect(route.hops.map(\.interface) == [7, 7])
        #expect(route.hops.first?.gateway == IPAddress("192.0.2.2"))
        #expect(route.metric == 1 && route.source == IPAddress("192.0.2.9"))
        let second = replies.next()
        #expect(second == nil)
        #expect(replies.remaining == 0)
    }

    @Test("a message cut off anywhere is no message")
    func truncated() throws {
        let bytes = try sample()
        for length in 0..<bytes.count { #expect(read(Array(bytes.prefix(length))) == 0) }
        #expect(read(bytes) == 1)
    }

    @Test("a message with any byte changed, or of any bytes at all, is survived")
    func random() throws {
        let bytes = try sample()
        for place in bytes.indices {
            for value in [0, 1, 3, 4, 127, 128, 255] as [UInt8] {
                var changed = bytes
                changed[place] = value
                _ = read(changed)
            }
        }
        // Each type that is read, with a payload of noise; the noise is the same in every run.
        var state: UInt64 = 85
        func next() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        var messages = 0
        for _ in 0..<2000 {
            for type in [
                RTM_NEWROUTE, RTM_NEWRULE, RTM_NEWLINK, RTM_NEWADDR, Int(NLMSG_ERROR), Int(NFNL_SUBSYS_NFTABLES) << 8,
                Int(NFNL_SUBSYS_CTNETLINK) << 8,
            ] {
                var noise = (0..<Int(next())).map { _ in next() }
                if next() % 2 == 0, noise.count > 2 { noise[0] = UInt8(next() % 2 == 0 ? AF_INET : AF_INET6); noise[1] = 0 }
                let length = UInt16(16 + noise.count)
                let flags: [UInt8] = [0, next() & 3]
                messages += read(
                    [UInt8(length & 255), UInt8(length >> 8), 0, 0, UInt8(type & 255), UInt8(type >> 8)] + flags
                        + Array(repeating: 0, count: 8) + noise)
            }
        }
        #expect(messages >= 14000)
    }
}
