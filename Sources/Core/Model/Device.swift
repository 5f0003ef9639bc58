/// A network interface of the box, and all that it can be told from others by. `Interface` is what one of ours does at the moment.
package struct Device: Hashable, Sendable, Codable {
    package var name: InterfaceName
    /// The kernel's number for it. What is plugged in again has another one, also under the same name.
    package var index: UInt32
    /// Names that the kernel takes for it as well (`ip link property`): udev gives `enp3s0` so where it calls it otherwise.
    package var alternativeNames: [String]
    /// In small letters, with colons.
    package var mac: String?
    /// The one that it was made with.
    package var permanentMAC: String?
    package var hardware: Hardware
    /// What it is if it isn't hardware: bridge, vlan, veth (IFLA_INFO_KIND).
    package var kind: String?
    /// The bridge or bond that it is a port of.
    package var master: InterfaceName?
    /// It is made of another interface: a bridge, a bond, a VLAN. It has that one's MAC.
    package var isStacked: Bool
    package var isLoopback: Bool
    /// udev has finished with it, or doesn't run here. Before, it may have another name in a moment.
    package var isReady: Bool

    package init(
        name: InterfaceName, index: UInt32, alternativeNames: [String] = [], mac: String? = nil, permanentMAC: String? = nil,
        hardware: Hardware = Hardware(), kind: String? = nil, master: InterfaceName? = nil, isStacked: Bool = false,
        isLoopback: Bool = false, isReady: Bool = true
    ) {
        self.name = name
        self.index = index
        self.alternativeNames = alternativeNames
        self.mac = mac
        self.permanentMAC = permanentMAC
        self.hardware = hardware
        self.kind = kind
        self.master = master
        self.isStacked = isStacked
        self.isLoopback = isLoopback
        self.isReady = isReady
    }

    /// By its name or one of its alternative ones.
    package func isCalled(_ name: InterfaceName) -> Bool { self.name == name || alternativeNames.contains(name.description) }
}

/// What is plugged in, and where.
package struct Hardware: Hashable, Sendable, Codable {
    /// Where: udev's ID_PATH, `pci-0000:00:14.0-usb-0:2:1.0`. It stays the same for a port.
    package var path: String?
    /// udev's ID_SERIAL_SHORT.
    package var serial: String?
    /// Four hexadecimal digits each, as `lsusb` and `lspci -nn` have them.
    package var vendor: String?
    package var product: String?
    /// The kernel's driver. Of what isn't hardware its kind.
    package var driver: String?
    package var isUSB: Bool

    package init(
        path: String? = nil, serial: String? = nil, vendor: String? = nil, product: String? = nil, driver: String? = nil,
        isUSB: Bool = false
    ) {
        self.path = path
        self.serial = serial
        self.vendor = vendor
        self.product = product
        self.driver = driver
        self.isUSB = isUSB
    }
}
