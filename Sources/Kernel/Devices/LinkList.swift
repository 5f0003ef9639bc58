internal import CNetlink
internal import Glibc
package import Model
internal import Netlink

/// One interface as the kernel lists it.
package struct ListedDevice: Equatable, Sendable {
    package var device: Device
    package var isUp: Bool
    package var hasCarrier: Bool

    package init(device: Device, isUp: Bool, hasCarrier: Bool) {
        self.device = device
        self.isUp = isUp
        self.hasCarrier = hasCarrier
    }
}

/// All interfaces of this network namespace, by one question.
enum LinkList {
    struct Entry {
        var listed: ListedDevice
        var master: UInt32?
    }

    /// A port of these carries what is theirs. One of a VRF has its own traffic.
    fileprivate static let swallowing: Set<String> = ["bridge", "bond", "team", "openvswitch"]

    static func read() throws(NetlinkFailure) -> [ListedDevice] {
        let entries = try NetlinkSocket().dump(LinkRequest.get(index: 0)) { Entry($0) }
        let masters = Dictionary(entries.map { ($0.listed.device.index, $0.listed.device) }) { first, _ in first }
        return entries.map { entry in
            var listed = entry.listed
            if let master = entry.master.flatMap({ masters[$0] }), let kind = master.kind, swallowing.contains(kind) {
                listed.device.master = master.name
            }
            return listed
        }
    }
}

extension LinkList.Entry {
    init?(_ reply: Reply) {
        guard reply.type == RTM_NEWLINK, let header = reply.header(as: ifinfomsg.self) else { return nil }
        var name: InterfaceName?
        var lower: UInt32?
        var isLowerElsewhere = false
        var other: [String] = []
        var mac: String?
        var permanentMAC: String?
        var kind: String?
        var master: UInt32?
        for attribute in reply.attributes(after: ifinfomsg.self) {
            switch attribute.type {
            case Int(IFLA_IFNAME): name = InterfaceName(attribute.string)
            case Int(IFLA_LINK): lower = attribute.u32
            case Int(IFLA_LINK_NETNSID): isLowerElsewhere = true
            case Int(IFLA_ADDRESS): mac = Self.mac(attribute)
            case Int(IFLA_PERM_ADDRESS): permanentMAC = Self.mac(attribute)
            case Int(IFLA_MASTER): master = attribute.u32
            case Int(IFLA_LINKINFO): kind = attribute.nested.first { $0.type == Int(IFLA_INFO_KIND) }?.string
            case Int(IFLA_PROP_LIST): other += attribute.nested.filter { $0.type == Int(IFLA_ALT_IFNAME) }.map(\.string)
            default: break
            }
        }
        // A name that can't be one of a configuration is of no use to anybody.
        guard let name else { return nil }
        let index = UInt32(bitPattern: header.ifi_index)
        // A veth's other end and the port of a switch's processor are named there as well, and are no part of it.
        let isMadeOfLower = !isLowerElsewhere && kind != "veth" && kind != "dsa" && (lower.map { $0 != 0 && $0 != index } ?? false)
        let isStacked = isMadeOfLower || kind.map(LinkList.swallowing.contains) ?? false
        func has(_ flag: UInt32) -> Bool { header.ifi_flags & flag != 0 }
        let device = Device(
            name: name, index: index, alternativeNames: other.sorted(), mac: mac, permanentMAC: permanentMAC, kind: kind,
            isStacked: isStacked, isLoopback: has(uplinkd_iff_loopback))
        self.init(
            listed: ListedDevice(device: device, isUp: has(uplinkd_iff_up), hasCarrier: has(uplinkd_iff_lower_up)), master: master)
    }

    /// nil: it has none, or none of Ethernet's kind.
    private static func mac(_ attribute: Attribute) -> String? {
        let bytes = attribute.bytes
        guard bytes.count == 6, bytes.contains(where: { $0 != 0 }) else { return nil }
        return attribute.hardwareAddress
    }
}
