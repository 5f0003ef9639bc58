internal import CNetlink
internal import Glibc
internal import Model

/// Interfaces and their addresses.
enum LinkRequest {
    /// One interface by its name; its counters are left out of the answer.
    static func get(_ name: InterfaceName) throws(NetlinkFailure) -> Request {
        var request = try get(index: 0)
        request.put(Int(IFLA_IFNAME), name.description)
        return request
    }

    static func get(index: UInt32) throws(NetlinkFailure) -> Request {
        var header = ifinfomsg()
        header.ifi_index = Int32(bitPattern: index)
        var request = try Request(RTM_GETLINK, flags: 0, header: header)
        request.put(Int(IFLA_EXT_MASK), UInt32(RTEXT_FILTER_SKIP_STATS))
        return request
    }

    /// The counters of one interface and nothing else of it: every other question for them gets all that there is to say (1.5 KiB).
    static func counters(of index: UInt32) throws(NetlinkFailure) -> Request {
        var header = if_stats_msg()
        header.ifindex = index
        header.filter_mask = 1 << (UInt32(IFLA_STATS_LINK_64) - 1)
        return try Request(RTM_GETSTATS, flags: 0, header: header)
    }

    /// The addresses of one interface, of both families.
    static func addresses(of index: UInt32) throws(NetlinkFailure) -> Request {
        var header = ifaddrmsg()
        header.ifa_index = index
        return try Request(RTM_GETADDR, flags: 0, header: header)
    }

    /// This is `rtnl_link_change` less the sending, which would lose the errno.
    static func set(_ setting: DeviceSetting, of index: UInt32, to value: UInt32) throws(NetlinkFailure) -> Request {
        guard let link = rtnl_link_alloc() else { throw NetlinkFailure(ENOMEM) }
        defer { rtnl_link_put(link) }
        rtnl_link_set_ifindex(link, Int32(bitPattern: index))
        guard let change = rtnl_link_alloc() else { throw NetlinkFailure(ENOMEM) }
        defer { rtnl_link_put(change) }
        var message: OpaquePointer?
        guard rtnl_link_inet_set_conf(change, UInt32(setting.number), value) == 0,
            rtnl_link_build_change_request(link, change, 0, &message) == 0, let message
        else { throw NetlinkFailure(EINVAL, words: "libnl knows no such setting") }
        return Request(adopting: message)
    }
}

extension Interface {
    /// Without its addresses: they come in a message of their own.
    init?(_ reply: Reply) {
        guard reply.type == RTM_NEWLINK, let header = reply.header(as: ifinfomsg.self) else { return nil }
        var name: InterfaceName?
        var settings: [DeviceSetting: Int] = [:]
        var settings6: Attribute?
        for attribute in reply.attributes(after: ifinfomsg.self) {
            switch attribute.type {
            case Int(IFLA_IFNAME): name = InterfaceName(attribute.string)
            case Int(IFLA_AF_SPEC): (settings, settings6) = Self.settings(attribute)
            default: break
            }
        }
        guard let name else { return nil }
        func has(_ flag: UInt32) -> Bool { header.ifi_flags & flag != 0 }
        self.init(
            name: name, index: UInt32(bitPattern: header.ifi_index), isUp: has(uplinkd_iff_up), hasCarrier: has(uplinkd_iff_lower_up),
            isPointToPoint: has(uplinkd_iff_pointopoint) || has(uplinkd_iff_noarp) && !has(uplinkd_iff_broadcast),
            addresses: [], settings: settings, forwards6: settings6?.u32(at: DEVCONF_FORWARDING).map { $0 != 0 },
            acceptsRA: settings6?.u32(at: DEVCONF_ACCEPT_RA).map { Int(Int32(bitPattern: $0)) })
    }

    /// IFLA_AF_SPEC holds one attribute for each family; AF_INET's holds IFLA_INET_CONF, an array that begins with setting number 1
    /// (`inet_fill_link_af` in net/ipv4/devinet.c), AF_INET6's the same that begins with number 0 (`ipv6_store_devconf` in net/ipv6/addrconf.c).
    private static func settings(_ specification: Attribute) -> ([DeviceSetting: Int], Attribute?) {
        var settings: [DeviceSetting: Int] = [:]
        var settings6: Attribute?
        for family in specification.nested {
            for values in family.nested {
                switch (family.type, values.type) {
                case (Int(AF_INET), Int(IFLA_INET_CONF)):
                    for setting in DeviceSetting.allCases {
                        settings[setting] = values.u32(at: setting.number - 1).map { Int(Int32(bitPattern: $0)) }
                    }
                case (Int(AF_INET6), Int(IFLA_INET6_CONF)): settings6 = values
                default: break
                }
            }
        }
        return (settings, settings6)
    }
}

extension LinkCounters {
    init?(_ reply: Reply) {
        guard reply.type == RTM_NEWSTATS else { return nil }
        for attribute in reply.attributes(after: if_stats_msg.self) where attribute.type == Int(IFLA_STATS_LINK_64) {
            // struct rtnl_link_stats64 begins with these two; newer kernels add to its end.
            guard let received = attribute.u64(at: 0), let sent = attribute.u64(at: 1) else { return nil }
            self.init(received: received, sent: sent)
            return
        }
        return nil
    }
}

extension IPv4Prefix {
    /// The address of `index` in a message of the type RTM_NEWADDR. On a point-to-point interface IFA_ADDRESS is the other end's; ours is
    /// IFA_LOCAL.
    init?(_ reply: Reply, of index: UInt32) {
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
    init?(_ reply: Reply, of index: UInt32) {
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

extension DeviceSetting {
    /// IPV4_DEVCONF_* in linux/ip.h.
    fileprivate var number: Int {
        switch self {
        case .forwarding: IPV4_DEVCONF_FORWARDING
        case .reversePathFilter: IPV4_DEVCONF_RP_FILTER
        case .ignoreRoutesWithLinkDown: IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN
        }
    }
}
