internal import CNetlink

/// Orders that go to the kernel with one call. It answers those that it refuses, and at the end an empty message, which says that it is
/// through with all of them.
package struct MessageBatch {
    package private(set) var count = 0
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// A refusal takes up to 1 KiB of the socket's receive buffer, to which libnl gives 64: not one is lost, even when all are refused.
    package static let capacity = 50
    /// libnl counts from the time of day on, so no other question has this one.
    static let sequence: UInt32 = 0

    package var isFull: Bool { count == Self.capacity }

    /// The attributes are copied as they came.
    package mutating func add(_ type: Int, header: some BitwiseCopyable, _ attributes: Attribute?...) {
        let start = bytes.count
        begin(type, flags: NLM_F_REQUEST)
        withUnsafeBytes(of: header) { bytes += $0 }
        for case let attribute? in attributes {
            bytes += attribute.whole
            while bytes.count % 4 != 0 { bytes.append(0) }
        }
        end(start)
        count += 1
    }

    mutating func close() {
        let start = bytes.count
        begin(Int(NLMSG_NOOP), flags: NLM_F_REQUEST | NLM_F_ACK)
        end(start)
    }

    mutating func removeAll() {
        count = 0
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func begin(_ type: Int, flags: Int32) {
        let header = nlmsghdr(
            nlmsg_len: 0, nlmsg_type: UInt16(type), nlmsg_flags: UInt16(flags), nlmsg_seq: Self.sequence, nlmsg_pid: 0)
        withUnsafeBytes(of: header) { bytes += $0 }
    }

    private mutating func end(_ start: Int) {
        let length = UInt32(bytes.count - start)
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: start, as: UInt32.self) }
    }
}
