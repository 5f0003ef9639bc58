package import CNetlink
internal import Glibc
package import Model

/// A message to the kernel. The memory is libnl's and freed with the value.
package struct Request: ~Copyable {
    private let message: OpaquePointer
    private var isTooLong = false

    /// More than any of ours takes. libnl would take a page, and fill it with zeros each time.
    private static let room = 1024

    package init(_ type: Int, flags: Int32, header: some BitwiseCopyable) throws(NetlinkFailure) {
        guard let message = nlmsg_alloc_size(Self.room) else { throw NetlinkFailure(ENOMEM) }
        self.message = message
        nlmsg_put(message, 0, 0, Int32(type), 0, flags)
        var header = header
        let result = withUnsafeMutableBytes(of: &header) {
            nlmsg_append(message, $0.baseAddress, $0.count, Int32(NLMSG_ALIGNTO))
        }
        isTooLong = result < 0
    }

    deinit { nlmsg_free(message) }

    package mutating func put(_ attribute: Int, _ value: UInt32) { check(nla_put_u32(message, Int32(attribute), value)) }
    package mutating func put(_ attribute: Int, _ value: UInt8) { check(nla_put_u8(message, Int32(attribute), value)) }
    package mutating func put(_ attribute: Int, _ value: String) { check(nla_put_string(message, Int32(attribute), value)) }

    package mutating func put(_ attribute: Int, bytes: [UInt8]) { check(nla_put(message, Int32(attribute), Int32(bytes.count), bytes)) }

    /// An attribute that holds those which `body` puts.
    package mutating func nest(_ attribute: Int, _ body: (inout Request) -> Void) {
        // The flag is what newer kernels insist on, and older versions of libnl leave out.
        guard let start = nla_nest_start(message, Int32(attribute) | NLA_F_NESTED) else { return check(-1) }
        body(&self)
        check(nla_nest_end(message, start))
    }

    private mutating func check(_ result: Int32) { isTooLong = isTooLong || result < 0 }

    /// The finished message. A message that lacks an attribute would mean something else, so one that didn't fit is never sent.
    package func header() throws(NetlinkFailure) -> UnsafeMutablePointer<nlmsghdr> {
        guard !isTooLong, let header = nlmsg_hdr(message) else { throw NetlinkFailure(EMSGSIZE) }
        return header
    }

    package mutating func put(_ attribute: Int, _ address: IPAddress) {
        switch address {
        case .v4(let address): put(attribute, address.bits.bigEndian)
        case .v6(let address): put(attribute, bytes: address.bytes)
        }
    }
}

/// One message from the kernel. It points into the socket's buffer, so it must not outlive the closure that it was handed to.
package struct Reply {
    @usableFromInline let pointer: UnsafeMutablePointer<nlmsghdr>

    @inlinable package var type: Int { Int(pointer.pointee.nlmsg_type) }
    var flags: Int32 { Int32(pointer.pointee.nlmsg_flags) }
    var sequence: UInt32 { pointer.pointee.nlmsg_seq }
    var port: UInt32 { pointer.pointee.nlmsg_pid }

    /// The fixed part of the payload; nil if the message is too short to hold one.
    @inlinable package func header<Header: BitwiseCopyable>(as: Header.Type) -> Header? {
        guard nlmsg_datalen(pointer) >= MemoryLayout<Header>.size, let data = nlmsg_data(pointer) else { return nil }
        return data.loadUnaligned(as: Header.self)
    }

    /// The attributes that follow a fixed part of this type.
    @inlinable package func attributes<Header>(after: Header.Type) -> Attributes {
        let size = Int32(MemoryLayout<Header>.size)
        let length = nlmsg_attrlen(pointer, size)
        return Attributes(current: length > 0 ? nlmsg_attrdata(pointer, size) : nil, remaining: length)
    }

    /// The kernel's explanation in an answer of the type NLMSG_ERROR.
    package var errorWords: String? { uplinkd_error_words(pointer).map { String(cString: $0) } }

    /// What a message says to the question with this number, by this port.
    enum Verdict: Equatable {
        case content
        /// All has been said: an acknowledgement, or the end of a list.
        case end
        case failure(NetlinkFailure)
        /// The answer to another question, or nothing.
        case nothing
    }

    func verdict(on sequence: UInt32, port: UInt32) -> Verdict {
        guard self.sequence == sequence, self.port == port else { return .nothing }
        switch Int32(type) {
        case NLMSG_NOOP: return .nothing
        case NLMSG_OVERRUN: return .failure(NetlinkFailure(ENOBUFS))
        case NLMSG_ERROR, NLMSG_DONE:
            // struct nlmsgerr begins with the negated errno; 0 is the acknowledgement. So does the end of a list, where it tells how it went.
            let isError = Int32(type) == NLMSG_ERROR
            guard let code = header(as: Int32.self) else { return isError ? .failure(NetlinkFailure(EBADMSG)) : .end }
            guard code != 0, isError || code < 0 else { return .end }
            // Nothing else is an errno, and the least number of all has no opposite.
            guard code < 0, code > -4096 else { return .failure(NetlinkFailure(EBADMSG)) }
            return .failure(NetlinkFailure(-code, words: isError ? errorWords : nil))
        default: return .content
        }
    }
}

/// The messages in one datagram.
package struct Replies: Sequence, IteratorProtocol {
    private var current: UnsafeMutablePointer<nlmsghdr>?
    /// Above 0 at the end: something was left that isn't a whole message.
    package private(set) var remaining: Int32

    package init(buffer: UnsafeMutableRawBufferPointer, count: Int) {
        current = buffer.baseAddress?.assumingMemoryBound(to: nlmsghdr.self)
        remaining = Int32(Swift.min(count, buffer.count))
    }

    package mutating func next() -> Reply? {
        guard let here = current, nlmsg_ok(here, remaining) != 0 else { return nil }
        current = nlmsg_next(here, &remaining)
        return Reply(pointer: here)
    }
}

package struct Attributes: Sequence, IteratorProtocol {
    @usableFromInline var current: UnsafeMutablePointer<nlattr>?
    @usableFromInline var remaining: Int32

    @inlinable init(current: UnsafeMutablePointer<nlattr>?, remaining: Int32) {
        self.current = current
        self.remaining = remaining
    }

    @inlinable package mutating func next() -> Attribute? {
        guard let here = current, remaining > 0, nla_ok(here, remaining) != 0 else { return nil }
        current = nla_next(here, &remaining)
        return Attribute(pointer: here)
    }
}

/// One attribute. Its value is nil when it is too short for the type asked for: the kernel is trusted to be honest, not to be of our version.
package struct Attribute {
    @usableFromInline let pointer: UnsafeMutablePointer<nlattr>

    @inlinable init(pointer: UnsafeMutablePointer<nlattr>) { self.pointer = pointer }

    @inlinable package var type: Int { Int(nla_type(pointer)) }
    @inlinable package var length: Int { Int(nla_len(pointer)) }
    @inlinable package var u32: UInt32? { load() }
    @inlinable package var u16: UInt16? { load() }
    @inlinable package var u8: UInt8? { load() }
    /// With its header, without the padding that follows it.
    @inlinable package var whole: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: Int(pointer.pointee.nla_len)) }

    package var bytes: [UInt8] { Array(whole.dropFirst(whole.count - length)) }

    /// A number in network byte order, as addresses are.
    @inlinable package var bigEndian: UInt32? { u32.map(UInt32.init(bigEndian:)) }

    package func address(_ family: IPFamily) -> IPAddress? {
        switch family {
        case .v4: return bigEndian.map { .v4(IPv4Address(bits: $0)) }
        case .v6:
            guard let high = u64(at: 0), let low = u64(at: 1) else { return nil }
            return .v6(IPv6Address(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low)))
        }
    }

    /// `02:00:5e:10:00:01`. nil: empty, as on a tunnel.
    package var hardwareAddress: String? {
        let bytes = bytes
        return bytes.isEmpty ? nil : bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    /// Text up to its NUL, or all of it if there is none.
    package var string: String {
        guard let data = nla_data(pointer) else { return "" }
        let bytes = UnsafeRawBufferPointer(start: data, count: length)
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    @inlinable package var nested: Attributes {
        Attributes(current: nla_data(pointer)?.assumingMemoryBound(to: nlattr.self), remaining: nla_len(pointer))
    }

    /// The number at this place in an array of numbers.
    package func u32(at position: Int) -> UInt32? {
        guard position >= 0, (position + 1) * 4 <= length, let data = nla_data(pointer) else { return nil }
        return data.loadUnaligned(fromByteOffset: position * 4, as: UInt32.self)
    }

    package func u64(at position: Int) -> UInt64? {
        guard position >= 0, (position + 1) * 8 <= length, let data = nla_data(pointer) else { return nil }
        return data.loadUnaligned(fromByteOffset: position * 8, as: UInt64.self)
    }

    /// RTA_MULTIPATH: each next hop with the attributes of its own.
    package var nextHops: [(hop: rtnexthop, attributes: Attributes)] {
        var hops: [(rtnexthop, Attributes)] = []
        var left = Int(length)
        var place = UnsafeMutableRawPointer(nla_data(pointer))
        while let here = place, let hop = uplinkd_next_hop(here, Int32(left))?.pointee {
            let header = MemoryLayout<rtnexthop>.size
            let attributes = Attributes(
                current: (here + header).assumingMemoryBound(to: nlattr.self), remaining: Int32(hop.rtnh_len) - Int32(header))
            hops.append((hop, attributes))
            let step = (Int(hop.rtnh_len) + 3) & ~3
            left -= step
            place = left > 0 ? here + step : nil
        }
        return hops
    }

    @inlinable func load<Value: BitwiseCopyable>() -> Value? {
        guard length >= MemoryLayout<Value>.size, let data = nla_data(pointer) else { return nil }
        return data.loadUnaligned(as: Value.self)
    }
}

extension IPFamily {
    package var number: UInt8 { UInt8(self == .v4 ? AF_INET : AF_INET6) }

    /// nil: of neither.
    package init?(number: UInt8) {
        switch Int32(number) {
        case AF_INET: self = .v4
        case AF_INET6: self = .v6
        default: return nil
        }
    }
}
