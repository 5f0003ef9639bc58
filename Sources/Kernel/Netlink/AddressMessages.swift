internal import CNetlink
internal import Glibc
package import Model

enum AddressRequest {
    /// The addresses of one interface, of both families; of all with 0.
    static func dump(of index: UInt32) throws(NetlinkFailure) -> Request {
        var header = ifaddrmsg()
        header.ifa_index = index
        return try Request(RTM_GETADDR, flags: 0, header: header)
    }
}

extension NetlinkSocket {
    /// Of one interface. Fails with ENODEV if it is gone.
    package func addresses(of index: UInt32) throws(NetlinkFailure) -> (v4: [IPv4Prefix], v6: [IPv6Prefix]) {
        let all = try dump(AddressRequest.dump(of: index)) { (v4: IPv4Prefix($0, of: index), v6: IPv6Prefix($0, of: index)) }
        return (all.compactMap(\.v4), all.compactMap(\.v6))
    }
}

extension IPv4Prefix {
    /// The address of `index` in a message of the type RTM_NEWADDR. On a point-to-point interface IFA_ADDRESS is the other end's; ours is
    /// IFA_LOCAL.
    package init?(_ reply: Reply, of index: UInt32) {
        guard reply.type == RTM_NEWADDR, let header = reply.header(as: ifaddrmsg.self), header.ifa_family == AF_INET,
            header.ifa_index == index
        else { return nil }
        for attribute in reply.attributes(after: ifaddrmsg.self) where attribute.type == Int(IFA_LOCAL) {
            guard let bits = attribute.bigEndian else { return nil }
            self.init(address: IPv4Address(bits: bits), length: header.ifa_prefixlen)
            return
        }
        return nil
    }
}

extension IPv6Prefix {
    /// An address of `index` that packets can be sent from: see `Interface.addresses6`. The other end's is told as IPv4's is.
    package init?(_ reply: Reply, of index: UInt32) {
        guard reply.type == RTM_NEWADDR, let header = reply.header(as: ifaddrmsg.self), header.ifa_family == AF_INET6,
            header.ifa_index == index, Int32(header.ifa_flags) & (IFA_F_TENTATIVE | IFA_F_DADFAILED) == 0
        else { return nil }
        var own: IPAddress?
        for attribute in reply.attributes(after: ifaddrmsg.self) {
            switch attribute.type {
            case Int(IFA_LOCAL): own = attribute.address(.v6)
            // The only one, unless the interface is point-to-point.
            case Int(IFA_ADDRESS): own = own ?? attribute.address(.v6)
            default: break
            }
        }
        guard case .v6(let address) = own else { return nil }
        self.init(address: address, length: header.ifa_prefixlen)
    }
}
