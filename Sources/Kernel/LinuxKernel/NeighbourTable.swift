internal import CNetlink
internal import Glibc
package import Model
internal import Netlink
package import Plan

/// Who is on our networks, as far as the kernel has had to do with them (ARP and ND).
package enum NeighbourTable {
    /// Of both families. An interface that isn't there has nobody. Thousands of neighbours take some milliseconds: not for the engine's queue.
    package static func read(of interfaces: [InterfaceName]) throws(KernelError) -> [Neighbour] {
        var found: [Neighbour] = []
        for interface in interfaces {
            let index = if_nametoindex(interface.description)
            guard index != 0 else { continue }
            do {
                found += try NetlinkSocket().dump(try request(index)) { Neighbour($0, of: index, interface) }
            } catch  where error.code == ENODEV {
                // Gone meanwhile.
            } catch { throw KernelError("ip neighbour show dev \(interface)", error) }
        }
        return found
    }

    private static func request(_ index: UInt32) throws(NetlinkFailure) -> Request {
        var request = try Request(RTM_GETNEIGH, flags: 0, header: ndmsg())
        request.put(Int(NDA_IFINDEX), index)
        return request
    }
}

extension Neighbour {
    /// nil: none of this interface, or an entry that tells of no host.
    fileprivate init?(_ reply: Reply, of index: UInt32, _ interface: InterfaceName) {
        guard reply.type == RTM_NEWNEIGH, let header = reply.header(as: ndmsg.self), header.ndm_ifindex == Int32(bitPattern: index),
            // An address that we answer for in another's stead is no neighbour.
            header.ndm_flags & UInt8(NTF_PROXY) == 0,
            let family = IPFamily(number: header.ndm_family), let state = State(header.ndm_state)
        else { return nil }
        var (address, mac): (IPAddress?, String?)
        for attribute in reply.attributes(after: ndmsg.self) {
            switch attribute.type {
            case Int(NDA_DST): address = attribute.address(family)
            case Int(NDA_LLADDR): mac = attribute.hardwareAddress
            default: break
            }
        }
        guard let address, !address.isGroup else { return nil }
        self.init(interface: interface, address: address, mac: mac, state: state)
    }
}

extension Neighbour.State {
    /// nil: NUD_NONE, an entry that is only just made.
    fileprivate init?(_ flags: UInt16) {
        switch Int32(flags) {
        case NUD_REACHABLE: self = .reachable
        case NUD_STALE, NUD_DELAY, NUD_PROBE: self = .stale
        case NUD_FAILED, NUD_INCOMPLETE: self = .failed
        case NUD_PERMANENT, NUD_NOARP: self = .permanent
        default: return nil
        }
    }
}

extension IPAddress {
    /// A multicast address, or the broadcast one: the kernel has entries of its own for those that it sends to.
    fileprivate var isGroup: Bool {
        switch self {
        case .v4(let address): address.bits >= 0xe000_0000
        case .v6(let address): address.high >> 56 == 0xff
        }
    }
}
