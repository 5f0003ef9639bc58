internal import CNetlink
internal import Glibc
internal import Model
internal import Netlink

/// A default route as the kernel keeps it: with the parts that `Route` has no words for, but that deleting exactly this one needs.
struct KernelRoute {
    struct Hop {
        var gateway: IPAddress?
        var interface: UInt32
        var isOnLink: Bool
    }

    var family: IPFamily
    /// One, or several where packets are spread over several gateways.
    var hops: [Hop]
    var routeProtocol: UInt8
    var metric: UInt32
    var table: UInt32
    var source: IPAddress?
    var preference: Route.Preference
    var metrics = RouteMetrics()
    var scope: UInt8
    /// IPv6: so many hundredths of a second will it last. nil: for ever.
    var lifetime: Int32?
    /// The route names a next-hop object (`ip nexthop`) in place of a gateway of its own.
    var nextHopObject: UInt32?

    /// nil for everything but a unicast default route, for all sources, to a gateway of its own family or straight out of an interface.
    init?(_ reply: Reply) {
        guard reply.type == RTM_NEWROUTE, let header = reply.header(as: rtmsg.self), let family = IPFamily(number: header.rtm_family),
            header.rtm_dst_len == 0, header.rtm_src_len == 0, header.rtm_tos == 0, Int(header.rtm_type) == RTN_UNICAST,
            header.rtm_flags & UInt32(RTM_F_CLONED) == 0
        else { return nil }
        self.family = family
        hops = []
        preference = .medium
        routeProtocol = header.rtm_protocol
        metric = 0
        table = UInt32(header.rtm_table)
        scope = header.rtm_scope
        var hop = Hop(gateway: nil, interface: 0, isOnLink: header.rtm_flags & UInt32(RTNH_F_ONLINK) != 0)
        for attribute in reply.attributes(after: rtmsg.self) {
            switch attribute.type {
            case Int(RTA_TABLE.rawValue): table = attribute.u32 ?? table
            case Int(RTA_PRIORITY.rawValue): metric = attribute.u32 ?? 0
            case Int(RTA_GATEWAY.rawValue): hop.gateway = attribute.address(family)
            case Int(RTA_OIF.rawValue): hop.interface = attribute.u32 ?? 0
            case Int(RTA_PREFSRC.rawValue): source = attribute.address(family)
            case Int(RTA_PREF.rawValue): preference = attribute.u8.flatMap(Route.Preference.init(rawValue:)) ?? .medium
            case Int(RTA_CACHEINFO.rawValue):
                // rta_expires in struct rta_cacheinfo. Packets don't take what has expired; it stays in the list for half a minute more.
                let expires = attribute.u32(at: 2).map(Int32.init(bitPattern:)) ?? 0
                guard expires >= 0 else { return nil }
                lifetime = expires > 0 ? expires : nil
            case Int(RTA_METRICS.rawValue): metrics = RouteMetrics(attribute)
            case Int(RTA_NH_ID.rawValue): nextHopObject = attribute.u32
            // A gateway of another family (RFC 5549). Without it this would look like a point-to-point route.
            case Int(RTA_VIA.rawValue): return nil
            case Int(RTA_MULTIPATH.rawValue):
                hops += attribute.nextHops.compactMap { Hop($0.hop, $0.attributes, family) }
            default: break
            }
        }
        if hops.isEmpty {
            // With net.ipv4.nexthop_compat_mode at 0 a route by a next-hop object has neither: its gateway can't be told.
            guard hop.interface != 0 else { return nil }
            hops = [hop]
        }
    }

    /// An order to delete `other` fits this route, too (`fib_table_delete` in net/ipv4/fib_trie.c, `ip6_route_del` in net/ipv6/route.c).
    func isDeleted(by other: KernelRoute) -> Bool {
        let (mine, theirs) = (hops.first, other.hops.first)
        if family == .v6 {
            return metric == other.metric && routeProtocol == other.routeProtocol && theirs?.gateway == nil
                && hops.contains { $0.interface == theirs?.interface }
        }
        return metric == other.metric && routeProtocol == other.routeProtocol && scope == other.scope
            && (other.source == nil || other.source == source) && other.metrics.isPart(of: metrics) && nextHopObject == other.nextHopObject
            && mine?.interface == theirs?.interface && (theirs?.gateway == nil || mine?.gateway == theirs?.gateway)
    }

    /// What the rest of the program sees of it: one route for each gateway. Each teaches its WAN's gateway, which is what the
    /// routes of others are read for; that packets were spread over them is not kept when one is moved behind ours.
    func routes(name: (UInt32) -> InterfaceName?) -> [Route] {
        hops.compactMap { hop in
            name(hop.interface).map {
                Route(
                    family: family, gateway: hop.gateway, interface: $0, routeProtocol: routeProtocol, metric: metric, table: table,
                    source: source, isOnLink: hop.isOnLink, preference: preference, metrics: metrics)
            }
        }
    }
}

extension KernelRoute.Hop {
    fileprivate init?(_ hop: rtnexthop, _ attributes: Attributes, _ family: IPFamily) {
        gateway = nil
        interface = UInt32(bitPattern: hop.rtnh_ifindex)
        isOnLink = hop.rtnh_flags & UInt8(RTNH_F_ONLINK) != 0
        for attribute in attributes {
            if attribute.type == Int(RTA_GATEWAY.rawValue) { gateway = attribute.address(family) }
            if attribute.type == Int(RTA_VIA.rawValue) { return nil }
        }
    }
}

/// Whether a route is for addresses from 0.0.0.0 on: the default routes, and what is more special at the same address.
func beginsAtZero(_ reply: Reply) -> Bool {
    guard let header = reply.header(as: rtmsg.self) else { return false }
    guard header.rtm_dst_len > 0 else { return true }
    for attribute in reply.attributes(after: rtmsg.self) where attribute.type == Int(RTA_DST.rawValue) { return attribute.u32 == 0 }
    // The kernel leaves the address out where it is 0.
    return true
}

enum RouteRequest {
    /// All of one table. IPv4's come in the order of their destinations, the defaults among the first (`fib_table_dump` in net/ipv4/fib_trie.c).
    static func dump(_ family: IPFamily, table: UInt32) throws(NetlinkFailure) -> Request {
        var request = try Request(RTM_GETROUTE, flags: 0, header: rtmsg(rtm_family: family.number, rtm_type: UInt8(RTN_UNICAST)))
        request.put(Int(RTA_TABLE.rawValue), table)
        return request
    }

    /// The default routes (and with them, all others: the kernel can't filter by length) of one table by one interface.
    static func dump(_ family: IPFamily, table: UInt32, interface: UInt32) throws(NetlinkFailure) -> Request {
        var request = try Request(RTM_GETROUTE, flags: 0, header: rtmsg(rtm_family: family.number, rtm_type: UInt8(RTN_UNICAST)))
        request.put(Int(RTA_TABLE.rawValue), table)
        request.put(Int(RTA_OIF.rawValue), interface)
        return request
    }

    /// All routes with this protocol number. `table` nil: in every table.
    static func dump(_ family: IPFamily, table: UInt32? = nil, protocol number: UInt8) throws(NetlinkFailure) -> Request {
        var request = try Request(
            RTM_GETROUTE, flags: 0,
            header: rtmsg(rtm_family: family.number, rtm_protocol: number, rtm_type: UInt8(RTN_UNICAST)))
        if let table { request.put(Int(RTA_TABLE.rawValue), table) }
        return request
    }

    /// Without NLM_F_EXCL and NLM_F_APPEND the kernel puts it in front of others with the same metric, as `ip route prepend` does; and it
    /// reports EEXIST only if this very route is there (`fib_table_insert` in net/ipv4/fib_trie.c). IPv6 adds it to those with the same metric,
    /// as one route with several gateways.
    ///
    /// - Parameters:
    ///   - lifetime: IPv6 only, in seconds. nil: for ever.
    ///   - isLast: IPv4 only: behind those with the same metric.
    static func add(
        _ route: Route, interface: UInt32, lifetime: UInt32? = nil, isLast: Bool = false
    ) throws(NetlinkFailure) -> Request {
        let scope = route.gateway == nil ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE
        var request = try change(
            RTM_NEWROUTE, flags: NLM_F_CREATE | (isLast ? NLM_F_APPEND : 0), route, scope: UInt8(scope.rawValue),
            flags: route.isOnLink ? UInt32(RTNH_F_ONLINK) : 0)
        if let gateway = route.gateway { request.put(Int(RTA_GATEWAY.rawValue), gateway) }
        request.put(Int(RTA_OIF.rawValue), interface)
        if route.preference != .medium { request.put(Int(RTA_PREF.rawValue), route.preference.rawValue) }
        if let lifetime { request.put(Int(RTA_EXPIRES.rawValue), lifetime) }
        return request
    }

    /// Deletes a route that has been read before, by everything that tells it from its neighbours.
    static func delete(_ route: Route, _ found: KernelRoute, interface: UInt32) throws(NetlinkFailure) -> Request {
        var named = route
        // Of several IPv6 gateways each has an owner of its own, and only the first's is shown: 0 stands for any.
        if found.family == .v6, found.hops.count > 1 { named.routeProtocol = 0 }
        var request = try change(RTM_DELROUTE, flags: 0, named, scope: found.scope, flags: 0)
        if let object = found.nextHopObject {
            // The kernel refuses both at once, and a gateway never matches a route by a next-hop object.
            request.put(Int(RTA_NH_ID.rawValue), object)
        } else if route.family == .v6 {
            // Of several next hops just this one goes.
            if let gateway = route.gateway { request.put(Int(RTA_GATEWAY.rawValue), gateway) }
            request.put(Int(RTA_OIF.rawValue), interface)
        } else if let hop = found.hops.first {
            // Of several next hops the kernel compares the first only (`fib_nh_match` in net/ipv4/fib_semantics.c).
            if let gateway = hop.gateway { request.put(Int(RTA_GATEWAY.rawValue), gateway) }
            request.put(Int(RTA_OIF.rawValue), hop.interface)
        }
        return request
    }

    private static func change(
        _ type: Int, flags: Int32, _ route: Route, scope: UInt8, flags routeFlags: UInt32
    ) throws(NetlinkFailure) -> Request {
        let header = rtmsg(
            rtm_family: route.family.number, rtm_protocol: route.routeProtocol, rtm_scope: scope, rtm_type: UInt8(RTN_UNICAST),
            rtm_flags: routeFlags)
        var request = try Request(type, flags: flags, header: header)
        // The header's own field has eight bits; the attribute takes precedence.
        request.put(Int(RTA_TABLE.rawValue), route.table)
        request.put(Int(RTA_PRIORITY.rawValue), route.metric)
        if let source = route.source { request.put(Int(RTA_PREFSRC.rawValue), source) }
        // IPv4 compares them when it deletes, IPv6 doesn't.
        if !route.metrics.isEmpty { request.nest(Int(RTA_METRICS.rawValue)) { $0.put(route.metrics) } }
        return request
    }
}

extension RouteMetrics {
    fileprivate init(_ attribute: Attribute) {
        self.init()
        for metric in attribute.nested {
            if Self.isCongestionControl(metric.type) {
                setCongestionAlgorithm(metric.string)
            } else if let value = metric.u32 {
                set(metric.type, to: value)
            }
        }
    }
}

extension Request {
    fileprivate mutating func put(_ metrics: RouteMetrics) {
        for metric in metrics.numbers { put(metric.number, metric.value) }
        if let algorithm = metrics.congestionAlgorithm { put(algorithm.number, algorithm.name) }
    }
}

extension rtmsg {
    fileprivate init(
        rtm_family: UInt8, rtm_protocol: UInt8 = 0, rtm_scope: UInt8 = 0, rtm_type: UInt8, rtm_flags: UInt32 = 0
    ) {
        self.init()
        self.rtm_family = rtm_family
        self.rtm_protocol = rtm_protocol
        self.rtm_scope = rtm_scope
        self.rtm_type = rtm_type
        self.rtm_flags = rtm_flags
    }
}
