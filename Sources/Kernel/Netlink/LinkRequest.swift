internal import CNetlink
internal import Glibc
package import Model

package enum LinkRequest {
    /// One interface by its name; its counters are left out of the answer.
    package static func get(_ name: InterfaceName) throws(NetlinkFailure) -> Request {
        var request = try get(index: 0)
        request.put(Int(IFLA_IFNAME), name.description)
        return request
    }

    package static func get(index: UInt32) throws(NetlinkFailure) -> Request {
        var header = ifinfomsg()
        header.ifi_index = Int32(bitPattern: index)
        var request = try Request(RTM_GETLINK, flags: 0, header: header)
        request.put(Int(IFLA_EXT_MASK), UInt32(RTEXT_FILTER_SKIP_STATS))
        return request
    }
}

extension NetlinkSocket {
    /// The interface's own address, where it is of the kind of Ethernet and asks for its neighbours by it. nil: it has no neighbours to ask for.
    package func ethernetAddress(of index: UInt32) throws(NetlinkFailure) -> [UInt8]? {
        try ask(LinkRequest.get(index: index)) { reply -> [UInt8]? in
            guard reply.type == RTM_NEWLINK, let header = reply.header(as: ifinfomsg.self), header.ifi_type == UInt16(UPLINKD_ARPHRD_ETHER),
                header.ifi_flags & uplinkd_iff_noarp == 0
            else { return nil }
            return reply.attributes(after: ifinfomsg.self).first { $0.type == Int(IFLA_ADDRESS) && $0.length == 6 }?.bytes
        }
    }
}
