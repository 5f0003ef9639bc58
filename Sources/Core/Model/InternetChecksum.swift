/// The Internet checksum of RFC 1071: the one's complement of the one's complement sum of all 16-bit words.
///
/// Over a message that carries its right checksum it comes out as 0.
package func internetChecksum(_ bytes: some Sequence<UInt8>) -> UInt16 {
    // 32 bits hold the carries of 65,536 words, more than any IP packet has.
    var sum: UInt32 = 0
    var isHigh = true
    for byte in bytes {
        sum += isHigh ? UInt32(byte) << 8 : UInt32(byte)
        isHigh.toggle()
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
}
