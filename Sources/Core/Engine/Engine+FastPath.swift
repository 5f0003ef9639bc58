import Model
import Selection

extension Engine {
    /// Of the WANs that carry new sessions while they may keep them, on the interfaces that there are: the kernel refuses others.
    var fastPath: FirewallDesired.FastPath? {
        guard settings.fastPath == .on, settings.firewall == .nftables, let snapshot else { return nil }
        let device = { (name: InterfaceName) in
            snapshot.interface(name).map { FirewallDesired.FastPath.Device(name: name, index: $0.index) }
        }
        let lan = settings.lan.compactMap(device)
        var devices = Set(lan)
        var marks: [IPFamily: UInt32] = [:]
        for family in carriedFamilies {
            guard let wan = selection(family).wan.flatMap({ settings[$0] }), let device = device(wan.interface) else { continue }
            devices.insert(device)
            marks[family] = settings.markMask.mark(ofWAN: wan.number)
        }
        return lan.isEmpty || marks.isEmpty ? nil : FirewallDesired.FastPath(devices: devices, marks: marks, turn: fastPathTurn)
    }
}
