internal import CNetlink
internal import Glibc
internal import Model
internal import Netlink

/// Which notices of addresses are news.
///
/// With every router advertisement (some routers send one every three seconds, RFC 4861, section 6.2.1) the kernel tells of each IPv6 address
/// anew, for its lifetime was renewed. Nothing of ours depends on lifetimes: an address that is told of again with the same flags needs no look.
struct KnownAddresses {
    private struct Place: Hashable {
        var interface: UInt32
        var address: IPAddress
    }
    /// With the flags that it was told with last: when it is no longer tentative, or is deprecated, that is news.
    private var flags: [Place: UInt8] = [:]

    /// False for a repetition. Whatever isn't an IPv6 address is news.
    mutating func learn(_ reply: Reply) -> Bool {
        guard reply.type == RTM_NEWADDR || reply.type == RTM_DELADDR, let header = reply.header(as: ifaddrmsg.self),
            header.ifa_family == AF_INET6,
            let address = reply.attributes(after: ifaddrmsg.self).first(where: { $0.type == Int(IFA_ADDRESS) })?.address(.v6)
        else { return true }
        let place = Place(interface: header.ifa_index, address: address)
        guard reply.type == RTM_NEWADDR else {
            flags[place] = nil
            return true
        }
        return flags.updateValue(header.ifa_flags, forKey: place) != header.ifa_flags
    }
}
