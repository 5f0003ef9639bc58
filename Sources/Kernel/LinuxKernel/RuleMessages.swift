internal import CNetlink
internal import Glibc
internal import Model
internal import Netlink

/// A routing rule, with its owner.
struct KernelRule {
    var rule: Rule
    var routeProtocol: UInt8

    /// nil for a rule that is of neither of our two kinds.
    init?(_ reply: Reply) {
        guard reply.type == RTM_NEWRULE, let header = reply.header(as: fib_rule_hdr.self), let family = IPFamily(number: header.family),
            Int(header.action) == FR_ACT_TO_TBL
        else { return nil }
        var longestSuppressed = UInt32.max
        rule = Rule(family: family, priority: 0, mark: 0, mask: 0, table: UInt32(header.table))
        routeProtocol = 0
        for attribute in reply.attributes(after: fib_rule_hdr.self) {
            switch attribute.type {
            case FRA_PRIORITY: rule.priority = attribute.u32 ?? 0
            case FRA_FWMARK: rule.mark = attribute.u32 ?? 0
            case FRA_FWMASK: rule.mask = attribute.u32 ?? 0
            case FRA_TABLE: rule.table = attribute.u32 ?? rule.table
            case FRA_PROTOCOL: routeProtocol = attribute.u8 ?? 0
            case FRA_SUPPRESS_PREFIXLEN: longestSuppressed = attribute.u32 ?? .max
            default: break
            }
        }
        let isInverted = header.flags & UInt32(FIB_RULE_INVERT) != 0
        guard isInverted == rule.sparesDefaults, longestSuppressed == (rule.sparesDefaults ? 0 : .max) else { return nil }
    }
}

/// A rule that we didn't make, as far as it may lead packets elsewhere.
struct ForeignRule {
    var family: IPFamily
    var priority: UInt32
    /// nil: it refuses what it fits.
    var table: UInt32?

    init?(_ reply: Reply) {
        guard reply.type == RTM_NEWRULE, let header = reply.header(as: fib_rule_hdr.self), let family = IPFamily(number: header.family),
            [FR_ACT_TO_TBL, FR_ACT_BLACKHOLE, FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT].contains(Int(header.action))
        else { return nil }
        self.family = family
        priority = 0
        if Int(header.action) == FR_ACT_TO_TBL { table = UInt32(header.table) }
        for attribute in reply.attributes(after: fib_rule_hdr.self) {
            switch attribute.type {
            case FRA_PRIORITY: priority = attribute.u32 ?? 0
            case FRA_TABLE: if table != nil { table = attribute.u32 ?? table }
            default: break
            }
        }
    }

    /// It leads to this table, or, where there is none, it refuses.
    func decides(_ found: UInt32?) -> Bool { found == table }
}

/// One rule of the list.
struct RuleFound {
    var ours: Rule?
    var foreign: ForeignRule?

    init(_ reply: Reply) {
        ours = KernelRule(reply).flatMap { $0.routeProtocol == Territory.routeProtocol ? $0.rule : nil }
        foreign = ours == nil ? ForeignRule(reply) : nil
    }
}

enum RuleRequest {
    /// Of every family at once.
    static func dump() throws(NetlinkFailure) -> Request { try Request(RTM_GETRULE, flags: 0, header: fib_rule_hdr()) }

    /// `exclusive`: fail with EEXIST if there is one like it. Without, the kernel makes a second one.
    static func add(_ rule: Rule, exclusive: Bool) throws(NetlinkFailure) -> Request {
        try change(RTM_NEWRULE, flags: NLM_F_CREATE | (exclusive ? NLM_F_EXCL : 0), rule)
    }

    static func delete(_ rule: Rule) throws(NetlinkFailure) -> Request { try change(RTM_DELRULE, flags: 0, rule) }

    private static func change(_ type: Int, flags: Int32, _ rule: Rule) throws(NetlinkFailure) -> Request {
        var header = fib_rule_hdr()
        header.family = rule.family.number
        header.action = UInt8(FR_ACT_TO_TBL)
        if rule.sparesDefaults { header.flags = UInt32(FIB_RULE_INVERT) }
        var request = try Request(type, flags: flags, header: header)
        request.put(FRA_PRIORITY, rule.priority)
        request.put(FRA_FWMARK, rule.mark)
        request.put(FRA_FWMASK, rule.mask)
        request.put(FRA_TABLE, rule.table)
        request.put(FRA_PROTOCOL, Territory.routeProtocol)
        if rule.sparesDefaults { request.put(FRA_SUPPRESS_PREFIXLEN, UInt32(0)) }
        return request
    }
}
