/// A box as it is bought: its disk, its Ethernet card, its USB ports. Pure: makes QEMU's command line.
package struct BoxMachine: Sendable, Equatable {
    /// What Scripts/box-image has made: `disk`, `kernel` and `initrd`.
    package var image: String
    package var card: EthernetCard
    /// With KVM a box is about as fast as this machine; without, its processor is emulated.
    package var isAccelerated: Bool

    package init(image: String, card: EthernetCard = .virtio, isAccelerated: Bool = false) {
        self.image = image
        self.card = card
        self.isAccelerated = isAccelerated
    }

    static let lanHardware = "52:54:00:00:58:01"
    static let telkomHardware = "52:54:00:00:58:02"
    /// Of the modem that a box is delivered with.
    package static let modemHardware = "0c:5b:8f:27:9a:64"
    /// USB ports that a modem can be plugged into.
    package static let ports = 1...8

    /// What is written while a box runs. Apart from the image, which stays as it is.
    var overlay: String { "\(image)/overlay" }
    /// An archive that the box finds as its second disk: what is to be installed.
    var delivery: String { "\(image)/delivery.tar" }

    /// - Parameters:
    ///   - folder: of the sockets.
    ///   - modem: what is plugged in when it is switched on.
    package func arguments(folder: String, modem: Modem?) -> [String] {
        var arguments = [
            "qemu-system-x86_64", "-name", "box", "-nodefaults", "-display", "none", "-vga", "none", "-m", "768", "-smp", "1",
            "-accel", isAccelerated ? "kvm" : "tcg,thread=multi",
            // Emulated, a processor that can less is faster.
            "-cpu", isAccelerated ? "host,arch-capabilities=off" : "Nehalem",
            "-kernel", "\(image)/kernel", "-initrd", "\(image)/initrd",
            "-append", "root=/dev/vda rw console=ttyS0 loglevel=6 mitigations=off random.trust_cpu=on tsc=unstable no_timer_check",
            "-drive", "file=\(Self.escaped(overlay)),format=qcow2,if=virtio,cache=unsafe",
            "-drive", "file=\(Self.escaped(delivery)),format=raw,if=virtio,readonly=on",
            // Restarted in place, an emulated box is slower each time: a restart is a new process.
            "-action", "reboot=shutdown",
            "-object", "rng-random,filename=/dev/urandom,id=random", "-device", "virtio-rng-pci,rng=random",
            "-serial", "file:\(folder)/console",
            "-qmp", "unix:\(folder)/qmp,server=on,wait=off",
            "-device", "virtio-serial-pci", "-chardev", "socket,path=\(folder)/agent,server=on,wait=off,id=agent",
            "-device", "virtserialport,chardev=agent,name=lab",
        ]
        for cable in ["lan", Addresses.telkom.name, Addresses.smartfren.name] {
            arguments += ["-netdev", "tap,id=\(cable),ifname=box-\(cable),script=no,downscript=no"]
        }
        arguments += [
            "-device", "virtio-net-pci,netdev=lan,mac=\(Self.lanHardware),addr=0x10,romfile=",
            "-device", "\(card.device),id=telkom,netdev=telkom,mac=\(Self.telkomHardware),addr=0x11,romfile=",
            "-device", "qemu-xhci,id=usb,p2=\(Self.ports.upperBound),p3=\(Self.ports.upperBound),addr=0x12",
        ]
        if let modem {
            arguments += ["-device", (["usb-net"] + modem.properties.map { "\($0.0)=\($0.1)" }).joined(separator: ",")]
        }
        return arguments
    }

    /// A comma ends a value of QEMU's.
    static func escaped(_ path: String) -> String { path.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,") }
}

/// What telkom's cable is plugged into.
package enum EthernetCard: String, Sendable, CaseIterable {
    case virtio, e1000

    var device: String {
        switch self {
        case .virtio: "virtio-net-pci"
        case .e1000: "e1000"
        }
    }
}

/// An LTE modem that is a USB network device (cdc_ether), as most are.
package struct Modem: Sendable, Equatable {
    package var port: Int
    package var hardware: String

    package init(port: Int = 1, hardware: String = BoxMachine.modemHardware) {
        self.port = port
        self.hardware = hardware
    }

    static let id = "modem"

    var properties: [(String, String)] {
        [("id", Self.id), ("netdev", Addresses.smartfren.name), ("bus", "usb.0"), ("port", "\(port)"), ("mac", hardware)]
    }
}

/// Who asks for the WANs' addresses in a box.
package enum DHCPClient: String, Sendable, CaseIterable {
    /// ifupdown with dhclient.
    case ifupdown
    case networkd
}
