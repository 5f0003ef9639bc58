internal import CLinux
internal import CNetlink
internal import Glibc
internal import Model

/// Which of conntrack's notices somebody wants to hear: classic BPF programs, so that the kernel throws the others away before they reach a buffer.
///
/// The kernel finds attributes by itself for such programs (SKF_AD_NLATTR in net/core/filter.c). Their values are in network order, as loads are.
enum SessionNoticeFilter {
    /// Attributes begin behind nlmsghdr and nfgenmsg.
    private static let attributes: UInt32 = 20
    /// SKF_AD_OFF + SKF_AD_NLATTR and SKF_AD_NLATTR_NEST (linux/filter.h): A is where to look, X what for.
    private static let attribute = UInt32(bitPattern: -0x1000 + 12)
    private static let nested = UInt32(bitPattern: -0x1000 + 16)

    /// A new session's beginning, and its first answer: of each session of one WAN that is TCP, or UDP to port 53, two are left.
    static func newSessions(mark: UInt32, mask: UInt32) -> [sock_filter] {
        var program = Program()
        // A session in which both sides have said something twice: its first answer is long since.
        program.find(CTA_STATUS.rawValue)
        program.loadValue()
        program.add(BPF_JMP | BPF_JSET | BPF_K, IPS_ASSURED.rawValue, ifTrue: .refuse)
        program.find(CTA_MARK.rawValue)
        program.loadValue()
        program.add(BPF_ALU | BPF_AND | BPF_K, mask)
        program.add(BPF_JMP | BPF_JEQ | BPF_K, mark & mask, ifFalse: .refuse)
        program.find(CTA_TUPLE_ORIG.rawValue)
        program.descend(CTA_TUPLE_PROTO.rawValue)
        program.add(BPF_ST, 0)
        program.descend(CTA_PROTO_NUM.rawValue)
        program.loadValue(BPF_B)
        program.add(BPF_JMP | BPF_JEQ | BPF_K, UInt32(IPPROTO_TCP), ifTrue: .accept)
        program.add(BPF_JMP | BPF_JEQ | BPF_K, UInt32(IPPROTO_UDP), ifFalse: .refuse)
        program.add(BPF_LD | BPF_MEM, 0)
        program.descend(CTA_PROTO_DST_PORT.rawValue)
        program.loadValue(BPF_H)
        program.add(BPF_JMP | BPF_JEQ | BPF_K, 53, ifTrue: .accept)
        return program.assembled
    }

    /// TCP that was open when it was deleted. Linux tells its state then from 5.9 on.
    static var openEnds: [sock_filter] {
        var program = Program()
        program.find(CTA_PROTOINFO.rawValue)
        program.descend(CTA_PROTOINFO_TCP.rawValue)
        program.descend(CTA_PROTOINFO_TCP_STATE.rawValue)
        program.loadValue(BPF_B)
        program.add(BPF_JMP | BPF_JGT | BPF_K, UInt32(ConntrackEntry.openStates.upperBound), ifTrue: .refuse)
        program.add(BPF_JMP | BPF_JGE | BPF_K, UInt32(ConntrackEntry.openStates.lowerBound), ifTrue: .accept)
        return program.assembled
    }

    private struct Program {
        enum End { case accept, refuse }
        private var instructions: [(code: Int32, k: UInt32, ifTrue: End?, ifFalse: End?)] = []

        mutating func add(_ code: Int32, _ k: UInt32, ifTrue: End? = nil, ifFalse: End? = nil) {
            instructions.append((code, k, ifTrue, ifFalse))
        }

        mutating func find(_ type: UInt32) {
            add(BPF_LD | BPF_IMM, attributes)
            seek(type, attribute)
        }

        /// Within the attribute that A is at.
        mutating func descend(_ type: UInt32) { seek(type, nested) }

        private mutating func seek(_ type: UInt32, _ how: UInt32) {
            add(BPF_LDX | BPF_IMM, type)
            add(BPF_LD | BPF_B | BPF_ABS, how)
            add(BPF_JMP | BPF_JEQ | BPF_K, 0, ifTrue: .refuse)
        }

        /// Of the attribute that A is at, behind its header.
        mutating func loadValue(_ size: Int32 = BPF_W) {
            add(BPF_MISC | BPF_TAX, 0)
            add(BPF_LD | size | BPF_IND, 4)
        }

        /// What falls through to the end is refused.
        var assembled: [sock_filter] {
            let refuse = instructions.count
            func distance(_ end: End?, from place: Int) -> UInt8 {
                switch end {
                case nil: 0
                case .refuse: UInt8(refuse - place - 1)
                case .accept: UInt8(refuse + 1 - place - 1)
                }
            }
            return instructions.enumerated().map { place, one in
                sock_filter(
                    code: UInt16(one.code), jt: distance(one.ifTrue, from: place), jf: distance(one.ifFalse, from: place), k: one.k)
            } + [
                sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0),
                sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: UInt32.max),
            ]
        }
    }
}
