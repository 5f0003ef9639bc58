import CNetlink
import Model
import Testing

@testable import Netlink

/// `08 00 01 00`.
private func bytes(_ hex: String) -> [UInt8] { hex.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) } }

/// What the first message among these bytes comes to. nil: there is none.
private func first<Result>(in text: String, _ read: (Reply) -> Result) -> Result? {
    var datagram = bytes(text)
    return datagram.withUnsafeMutableBytes { buffer in
        var replies = Replies(buffer: buffer, count: buffer.count)
        return replies.next().map(read)
    }
}

@Suite("Route look-ups")
struct RouteLookupTests {
    func message(_ lookup: RouteLookup) throws -> [UInt8] {
        let request = try lookup.request()
        let header = try request.header()
        return [UInt8](UnsafeRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len)))
    }

    @Test("the question is nlmsghdr, rtmsg, RTA_DST, RTA_OIF")
    func question() throws {
        let lookup = RouteLookup(.v4(IPv4Address(bits: 0xcb00_7101)), out: 7, isTableMatch: true)
        #expect(
            try message(lookup)
                == bytes(
                    """
                    2c 00 00 00 1a 00 00 00 00 00 00 00 00 00 00 00
                    02 20 00 00 00 00 00 00 00 30 00 00
                    08 00 01 00 cb 00 71 01 08 00 04 00 07 00 00 00
                    """))
    }

    @Test("for IPv6 it is longer, and which source address the kernel would take is asked without the flag")
    func question6() throws {
        let lookup = RouteLookup(.v6(IPv6Address(high: 0x2001_0db8_0000_0000, low: 1)), out: 7)
        #expect(
            try message(lookup)
                == bytes(
                    """
                    38 00 00 00 1a 00 00 00 00 00 00 00 00 00 00 00
                    0a 80 00 00 00 00 00 00 00 00 00 00
                    14 00 01 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 08 00 04 00 07 00 00 00
                    """))
    }

    @Test("that of a forwarded packet says where it comes from, and its mark")
    func forwarded() throws {
        let lookup = RouteLookup(
            .v4(IPv4Address(bits: 0xcb00_7101)), from: .v4(IPv4Address(bits: 0xc0a8_0102)), in: 3, mark: 0x0100_0000)
        #expect(
            try message(lookup)
                == bytes(
                    """
                    3c 00 00 00 1a 00 00 00 00 00 00 00 00 00 00 00
                    02 20 20 00 00 00 00 00 00 10 00 00
                    08 00 01 00 cb 00 71 01 08 00 02 00 c0 a8 01 02 08 00 03 00 03 00 00 00 08 00 10 00 00 00 00 01
                    """))
    }

    @Test("interface, gateway and source address are read, what is cut off is not")
    func attributes() {
        let gateway = "08 00 05 00 c0 00 02 01"
        let answer = { (attributes: String) in
            let rest = "18 00 00 00 04 03 02 01 00 00 00 00 02 20 00 00 fe 03 00 01 00 00 00 00" + attributes
            return first(in: String(bytes(rest).count + 4, radix: 16) + " 00 00 00 " + rest) { RouteLookup.Answer($0) } ?? nil
        }
        let (one, two) = (IPAddress("192.0.2.1"), IPAddress("192.0.2.2"))
        let whole = answer(" " + gateway + " 08 00 04 00 07 00 00 00 08 00 07 00 c0 00 02 02")
        #expect(whole?.gateway == one && whole?.source == two && whole?.interface == 7 && whole?.isUnicast == true)
        let short = answer(" 05 00 04 00 07 00 00 00 " + gateway)
        #expect(short?.gateway == one && short?.source == nil && short?.interface == nil)
        let cutOff = answer(" " + gateway + " 08 00 07 00 c0 00 02")
        #expect(cutOff?.gateway == one && cutOff?.source == nil)
        let lying = answer(" 00 00 05 00 " + gateway)
        #expect(lying != nil && lying?.gateway == nil)
    }
}

@Suite("What a message says to a question")
struct VerdictTests {
    @Test(
        "the answer is read, and nothing else is taken for it",
        arguments: [
            ("1c 00 00 00 18 00 00 00 04 03 02 01 09 00 00 00 02 20 00 00 00 00 00 00 00 00 00 00", Reply.Verdict.content),
            ("14 00 00 00 02 00 00 00 04 03 02 01 09 00 00 00 8f ff ff ff", .failure(NetlinkFailure(113))),
            // Another question's, another socket's.
            ("10 00 00 00 18 00 00 00 05 03 02 01 09 00 00 00", .nothing),
            ("10 00 00 00 18 00 00 00 04 03 02 01 08 00 00 00", .nothing),
            ("14 00 00 00 02 00 00 00 05 03 02 01 09 00 00 00 8f ff ff ff", .nothing),
            // An acknowledgement; errors that are none; one that is cut off.
            ("14 00 00 00 02 00 00 00 04 03 02 01 09 00 00 00 00 00 00 00", .end),
            ("14 00 00 00 02 00 00 00 04 03 02 01 09 00 00 00 00 00 00 80", .failure(NetlinkFailure(74))),
            ("14 00 00 00 02 00 00 00 04 03 02 01 09 00 00 00 01 00 00 00", .failure(NetlinkFailure(74))),
            ("10 00 00 00 02 00 00 00 04 03 02 01 09 00 00 00", .failure(NetlinkFailure(74))),
            // The end of a list, and of one that couldn't be finished.
            ("14 00 00 00 03 00 00 00 04 03 02 01 09 00 00 00 00 00 00 00", .end),
            ("10 00 00 00 03 00 00 00 04 03 02 01 09 00 00 00", .end),
            ("14 00 00 00 03 00 00 00 04 03 02 01 09 00 00 00 f4 ff ff ff", .failure(NetlinkFailure(12))),
            // Nothing to say; some was lost.
            ("10 00 00 00 01 00 00 00 04 03 02 01 09 00 00 00", .nothing),
            ("10 00 00 00 04 00 00 00 04 03 02 01 09 00 00 00", .failure(NetlinkFailure(105))),
            // A length that lies, and nothing.
            ("ff 00 00 00 18 00 00 00 04 03 02 01 09 00 00 00", nil),
            ("00 00 00 00 18 00 00 00 04 03 02 01 09 00 00 00", nil),
            ("10 00 00", nil),
            ("", nil),
        ] as [(String, Reply.Verdict?)])
    func verdicts(text: String, expected: Reply.Verdict?) {
        #expect(first(in: text) { $0.verdict(on: 0x0102_0304, port: 9) } == expected)
    }
}
