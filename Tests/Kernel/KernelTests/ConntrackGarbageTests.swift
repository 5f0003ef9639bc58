import CNetlink
import Model
import Netlink
import Testing

@testable import LinuxKernel

/// A message that describes a session, whole and damaged.
@Suite struct ConntrackGarbageTests {
    func attribute(_ type: UInt32, _ value: [UInt8], isNested: Bool = false) -> [UInt8] {
        let length = 4 + value.count
        return [UInt8(length), 0, UInt8(type), isNested ? 0x80 : 0] + value + Array(repeating: 0, count: (4 - length % 4) % 4)
    }

    func tuple(_ type: UInt32, _ addresses: [(type: UInt32, bytes: [UInt8])], ports: (UInt8, UInt8)) -> [UInt8] {
        let ip = attribute(CTA_TUPLE_IP.rawValue, addresses.flatMap { attribute($0.type, $0.bytes) }, isNested: true)
        let proto = attribute(
            CTA_TUPLE_PROTO.rawValue,
            attribute(CTA_PROTO_NUM.rawValue, [6]) + attribute(CTA_PROTO_SRC_PORT.rawValue, [1, ports.0])
                + attribute(CTA_PROTO_DST_PORT.rawValue, [1, ports.1]), isNested: true)
        return attribute(type, ip + proto, isNested: true)
    }

    func message(_ family: Int32, _ original: [UInt8], _ reply: [UInt8], isOffloaded: Bool = false) -> [UInt8] {
        // Of a session in a flowtable neither how long it is good for nor what TCP has come to is told.
        let hidden = isOffloaded ? UInt32(0x40) : 0
        let rest =
            attribute(CTA_STATUS.rawValue, [0, 0, isOffloaded ? 0x41 : 1, 0x8e]) + attribute(CTA_MARK.rawValue, [1, 0, 4, 0])
            + attribute(CTA_ID.rawValue, [9, 8, 7, 6]) + attribute(CTA_ZONE.rawValue, [0, 5])
            + attribute(hidden + CTA_TIMEOUT.rawValue, [0, 0, 1, 2])
            + attribute(
                hidden + CTA_PROTOINFO.rawValue,
                attribute(CTA_PROTOINFO_TCP.rawValue, attribute(CTA_PROTOINFO_TCP_STATE.rawValue, [3]), isNested: true), isNested: true)
            + attribute(CTA_COUNTERS_ORIG.rawValue, attribute(CTA_COUNTERS_BYTES.rawValue, [0, 0, 0, 0, 0, 0, 1, 0]), isNested: true)
            + attribute(CTA_COUNTERS_REPLY.rawValue, attribute(CTA_COUNTERS_BYTES.rawValue, [0, 0, 1, 0, 0, 0, 0, 1]), isNested: true)
        let payload = [UInt8(family), 0, 0, 0] + original + reply + rest
        let length = UInt16(16 + payload.count)
        return [UInt8(length & 255), UInt8(length >> 8), 0, 0, 0, UInt8(NFNL_SUBSYS_CTNETLINK), 2, 0] + Array(repeating: 0, count: 8)
            + payload
    }

    var samples: [[UInt8]] {
        let (v4, v6) = ([UInt32](arrayLiteral: 1, 2), [UInt32](arrayLiteral: 3, 4))
        let addresses: [[UInt8]] = [[192, 168, 1, 1], [203, 0, 113, 9], [100, 64, 1, 2]]
        let addresses6: [[UInt8]] = addresses.map { [0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 8) + $0 }
        return [(AF_INET, v4, addresses), (AF_INET6, v6, addresses6)].map { family, types, addresses in
            message(
                family, tuple(CTA_TUPLE_ORIG.rawValue, [(types[0], addresses[0]), (types[1], addresses[1])], ports: (1, 187)),
                tuple(CTA_TUPLE_REPLY.rawValue, [(types[0], addresses[1]), (types[1], addresses[2])], ports: (187, 1)))
        }
    }

    @Test("the samples mean what they should, and an order to delete them names them")
    func whole() throws {
        let expected = [
            ["192.168.1.1", "203.0.113.9", "100.64.1.2"], ["2001:db8::c0a8:101", "2001:db8::cb00:7109", "2001:db8::6440:102"],
        ]
        for (bytes, expected) in zip(samples, expected) {
            var bytes = bytes
            try bytes.withUnsafeMutableBytes { buffer in
                var replies = Replies(buffer: buffer, count: buffer.count)
                let first = replies.next()
                let message = try #require(first)
                let session = try #require(ConntrackEntry(message))
                let (original, reply) = (session.originalTuple, session.replyTuple)
                #expect([original.source, original.destination, reply.destination] == expected.map { IPAddress($0) })
                #expect(original.destination == reply.source)
                #expect(original.transport == 6 && original.destinationPort == 443 && reply.destinationPort == 257)
                #expect(session.mark == 0x0100_0400 && session.status == 0x18e)
                #expect(session.carries(SessionMark(mark: 0x0100_0000, mask: 0x0f00_0000)))
                #expect(!session.carries(SessionMark(mark: 0, mask: 0x0f00_0000)))

                let expectedEntry = SessionEntry(
                    source: try #require(IPAddress(expected[0])), destination: try #require(IPAddress(expected[1])),
                    repliesTo: try #require(IPAddress(expected[2])), transport: 6, mark: 0x0100_0400, isAnswered: true, isAssured: true,
                    tcpState: 3, expiresInSeconds: 258, bytes: 0x100_0000_0101, id: 0x0908_0706)
                #expect(session.session == expectedEntry)

                var batch = MessageBatch()
                session.delete(in: &batch)
                // Type, family, the tuple of the first direction, the id and the zone, as they came.
                let order = [UInt8](batch.bytes)
                let tuple = buffer[20..<20 + Int(buffer[20])]
                #expect(order[4...5] == [2, 1] && order[16] == buffer[16])
                #expect(order[20...] == tuple + [8, 0, 12, 0, 9, 8, 7, 6, 6, 0, 18, 0, 0, 5, 0, 0])
                #expect(Int(order[0]) == order.count)
            }
        }
    }

    @Test("TCP in a flowtable is open, so its client is told, and nobody knows how long nothing has come")
    func offloaded() throws {
        let bytes: [[UInt8]] = [[192, 168, 1, 1], [203, 0, 113, 9], [100, 64, 1, 2]]
        var message = message(
            AF_INET, tuple(CTA_TUPLE_ORIG.rawValue, [(1, bytes[0]), (2, bytes[1])], ports: (1, 187)),
            tuple(CTA_TUPLE_REPLY.rawValue, [(1, bytes[1]), (2, bytes[2])], ports: (187, 1)), isOffloaded: true)
        try message.withUnsafeMutableBytes { buffer in
            var replies = Replies(buffer: buffer, count: buffer.count)
            let first = replies.next()
            let reply = try #require(first)
            let entry = try #require(ConntrackEntry(reply))
            let moved = MovedSession(
                client: try #require(IPAddress("192.168.1.1")), clientPort: 257, server: try #require(IPAddress("203.0.113.9")),
                serverPort: 443)
            #expect(entry.movedSession == moved)
            #expect(
                entry.session?.tcpState == 3 && entry.session?.isOffloaded == true && entry.session?.expiresInSeconds == nil
                    && entry.session?.bytes == 0x100_0000_0101)
        }
    }

    @Test("cut off anywhere, or with any byte changed, it is survived")
    func damaged() {
        let reader = GarbageTests()
        for sample in samples {
            for length in sample.indices { #expect(reader.read(Array(sample.prefix(length))) == 0) }
            #expect(reader.read(sample) == 1)
            for place in sample.indices {
                for value in [0, 1, 3, 4, 5, 8, 20, 127, 128, 255] as [UInt8] {
                    var changed = sample
                    changed[place] = value
                    _ = reader.read(changed)
                }
            }
        }
    }
}
