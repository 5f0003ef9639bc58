internal import CNetlink
internal import Glibc
internal import Model
internal import Netlink

/// Interfaces, without their addresses.
extension LinkRequest {
    /// The counters of one interface and nothing else of it: every other question for them gets all that there is to say (1.5 KiB).
    static func counters(of index: UInt32) throws(NetlinkFailure) -> Request {
        var header = if_stats_msg()
        header.ifindex = index
        header.filter_mask = 1 << (UInt32(IFLA_STATS_LINK_64) - 1)
        return try Request(RTM_GETSTATS, flags: 0, header: header)
    }

    static func set(_ setting: DeviceSetting, of index: UInt32, to value: UInt32) throws(NetlinkFailure) -> Request {
        var header = ifinfomsg()
        header.ifi_index = Int32(bitPattern: index)
        var request = try Request(RTM_SETLINK, flags: 0, header: header)
        // As `settings` reads them, but each with its number (`inet_set_link_af` in net/ipv4/devinet.c).
        request.nest(Int(IFLA_AF_SPEC)) { families in
            families.nest(Int(AF_INET)) { family in
                family.nest(Int(IFLA_INET_CONF)) { $0.put(setting.number, value) }
            }
        }
        return request
    }
}

extension Interface {
    /// Without its addresses: they come in a message of their own.
    init?(_ reply: Reply) {
        guard reply.type == RTM_NEWLINK, let header = reply.header(as: ifinfomsg.self) else { return nil }
        var name: InterfaceName?
        var settings: [DeviceSetting: Int] = [:]
        var settings6: Attribute?
        var mtu: Int?
        for attribute in reply.attributes(after: ifinfomsg.self) {
            switch attribute.type {
            case Int(IFLA_IFNAME): name = InterfaceName(attribute.string)
            case Int(IFLA_MTU): mtu = attribute.u32.map { Int($0) }
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
            acceptsRA: settings6?.u32(at: DEVCONF_ACCEPT_RA).map { Int(Int32(bitPattern: $0)) }, mtu: mtu,
            mtu6: settings6?.u32(at: DEVCONF_MTU6).map { Int($0) })
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
            // struct rtnl_link_stats64 begins with these four; newer kernels add to its end.
            guard let received = attribute.u64(at: 0), let sent = attribute.u64(at: 1) else { return nil }
            self.init(received: received, sent: sent, receivedBytes: attribute.u64(at: 2), sentBytes: attribute.u64(at: 3))
            return
        }
        return nil
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
