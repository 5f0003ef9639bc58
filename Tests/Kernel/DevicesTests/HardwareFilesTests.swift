import Floor
import FoundationEssentials
import Model
import Plan
import Testing

@testable import Devices

/// sysfs and udev's records of a box that a test has made up.
struct MadeUpBox {
    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/devices-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: "\(root)/sys/class/net", withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }
    var files: HardwareFiles { HardwareFiles(root: root) }

    func write(_ path: String, _ text: String) throws {
        let whole = "\(root)/\(path)"
        try FileManager.default.createDirectory(
            atPath: String(whole[..<(whole.lastIndex(of: "/") ?? whole.startIndex)]), withIntermediateDirectories: true)
        try text.write(toFile: whole, atomically: true, encoding: .utf8)
    }

    func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(root)/\(path)", withDestinationPath: "\(root)/\(target)")
    }

    /// As sysfs has a device: with the name of its subsystem, and its files.
    func device(_ path: String, _ subsystem: String?, _ contents: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(atPath: "\(root)/\(path)", withIntermediateDirectories: true)
        if let subsystem { try link("\(path)/subsystem", to: "sys/bus/\(subsystem)") }
        for (name, text) in contents { try write("\(path)/\(name)", text + "\n") }
    }

    func interface(_ name: String, _ index: Int, on device: String?, driver: String? = nil) throws {
        let folder = (device ?? "sys/devices/virtual") + "/net/\(name)"
        try self.device(folder, "net", ["ifindex": "\(index)"])
        try link("sys/class/net/\(name)", to: folder)
        if let device {
            try link("\(folder)/device", to: device)
            if let driver { try link("\(device)/driver", to: "sys/bus/drivers/\(driver)") }
        }
    }
}

@Suite("What sysfs and udev say of an interface")
struct HardwareFilesTests {
    private func listed(_ text: String, _ index: UInt32, kind: String? = nil) throws -> Device {
        Device(name: try #require(InterfaceName(text)), index: index, kind: kind)
    }

    private static let port = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.3"

    /// A stick in port 3 of a hub, a card behind a bridge, one of a virtual machine, and one of a board.
    private func box() throws -> MadeUpBox {
        let box = try MadeUpBox()
        try box.device("sys/devices/pci0000:00", nil)
        try box.device("sys/devices/pci0000:00/0000:00:14.0", "pci", ["vendor": "0x8086", "device": "0x9d2f"])
        try box.device(
            "sys/devices/pci0000:00/0000:00:14.0/usb1", "usb", ["idVendor": "1d6b", "idProduct": "0002", "serial": "0000:00:14.0"])
        try box.device("sys/devices/pci0000:00/0000:00:14.0/usb1/1-2", "usb", ["idVendor": "05e3", "idProduct": "0608"])
        try box.device(Self.port, "usb", ["idVendor": "12D1", "idProduct": "14db", "serial": "HW 0123  A"])
        try box.device(Self.port + "/1-2.3:1.0", "usb")
        try box.interface("enx0c5b8f279a64", 7, on: Self.port + "/1-2.3:1.0", driver: "cdc_ether")
        try box.device("sys/devices/pci0000:00/0000:00:1c.0", "pci", ["vendor": "0x8086", "device": "0x9d10"])
        try box.device("sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0", "pci", ["vendor": "0x10EC", "device": "0x8168"])
        try box.interface("eth0", 2, on: "sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0", driver: "r8169")
        try box.device("sys/devices/pci0000:00/0000:00:05.0", "pci", ["vendor": "0x1af4", "device": "0x1000"])
        try box.device("sys/devices/pci0000:00/0000:00:05.0/virtio2", "virtio", ["vendor": "0x1af4"])
        try box.interface("ens5", 3, on: "sys/devices/pci0000:00/0000:00:05.0/virtio2", driver: "virtio_net")
        try box.device("sys/devices/platform/soc/fd580000.ethernet", "platform")
        try box.interface("end0", 4, on: "sys/devices/platform/soc/fd580000.ethernet", driver: "bcmgenet")
        try box.interface("br0", 5, on: nil)
        return box
    }

    @Test("path, serial and numbers are udev's, also where udev doesn't run")
    func sysfs() throws {
        let box = try box()
        defer { box.remove() }
        let expected: [(String, UInt32, Hardware)] = [
            (
                "enx0c5b8f279a64", 7,
                Hardware(
                    path: "pci-0000:00:14.0-usb-0:2.3:1.0", serial: "HW_0123_A", vendor: "12d1", product: "14db", driver: "cdc_ether",
                    isUSB: true)
            ),
            ("eth0", 2, Hardware(path: "pci-0000:03:00.0", vendor: "10ec", product: "8168", driver: "r8169")),
            ("ens5", 3, Hardware(path: "pci-0000:00:05.0", vendor: "1af4", product: "1000", driver: "virtio_net")),
            ("end0", 4, Hardware(path: "platform-fd580000.ethernet", driver: "bcmgenet")),
        ]
        for (name, index, hardware) in expected { #expect(try box.files.hardware(of: listed(name, index)) == hardware) }
        #expect(try box.files.hardware(of: listed("br0", 5, kind: "bridge")) == Hardware(driver: "bridge"))
    }

    @Test("an interface of the same name with another number is another one's")
    func foreign() throws {
        let box = try box()
        defer { box.remove() }
        #expect(try box.files.hardware(of: listed("eth0", 12)) == nil)
        #expect(try box.files.hardware(of: listed("eth9", 2)) == nil)
    }

    @Test("what udev has written down comes first")
    func record() throws {
        let box = try box()
        defer { box.remove() }
        try box.write("run/udev/data/n7", "I:1234\nE:ID_PATH=pci-0000:00:14.0-usb-0:9:1.0\nE:ID_SERIAL_SHORT=0123=4\nE:ID_BUS\nG:systemd\n")
        let hardware = try box.files.hardware(of: listed("enx0c5b8f279a64", 7))
        #expect(hardware?.path == "pci-0000:00:14.0-usb-0:9:1.0")
        #expect(hardware?.serial == "0123=4")
        #expect(hardware?.vendor == "12d1")
    }

    @Test("an interface counts when udev has finished with it, or has had its time")
    func readiness() throws {
        let box = try box()
        defer { box.remove() }
        var now = ContinuousClock.now
        let all = [ListedDevice(device: try listed("eth0", 2), isUp: true, hasCarrier: true)]
        let survey = DeviceSurvey(files: box.files, hasUdev: { true }, now: { now }, list: { () throws(KernelError) in all })
        #expect(try survey.devices().map(\.isReady) == [false])
        #expect(try survey.devices().map(\.hardware) == [Hardware()])
        #expect(survey.patienceEnds == now + DeviceSurvey.patience)
        now += DeviceSurvey.patience - .milliseconds(1)
        #expect(try survey.devices().map(\.isReady) == [false])
        now += .milliseconds(1)
        #expect(try survey.devices().map(\.isReady) == [true])
        #expect(survey.patienceEnds == nil)
        // The record comes late, and a second one of the same number gets no credit for it.
        try box.write("run/udev/data/n2", "I:1\n")
        #expect(try survey.devices().map(\.hardware.driver) == ["r8169"])
        let elsewhere = DeviceSurvey(files: box.files, hasUdev: { false }, now: { now }, list: { () throws(KernelError) in all })
        #expect(try elsewhere.devices().map(\.isReady) == [true])
    }

    @Test("udev's word is heard when it comes")
    func heard() async throws {
        let box = try box()
        defer { box.remove() }
        try box.write("run/udev/data/n1", "I:1\n")
        let all = [ListedDevice(device: try listed("eth0", 2), isUp: true, hasCarrier: true)]
        let survey = DeviceSurvey(files: box.files, hasUdev: { true }, now: { .now }, list: { () throws(KernelError) in all })
        let (stream, continuation) = AsyncStream.makeStream(of: [Device].self)
        let watch = DeviceWatch(survey, known: []) { result in
            if case .success(let devices) = result { continuation.yield(devices) }
        }
        var heard = stream.makeAsyncIterator()
        #expect(await heard.next()?.map(\.isReady) == [false])
        try box.write("run/udev/data/n2", "I:1\n")
        #expect(await heard.next()?.map(\.isReady) == [true])
        withExtendedLifetime(watch) {}
    }

    @Test("who manages it, by what each writes down")
    func managers() throws {
        let box = try box()
        defer { box.remove() }
        try box.write("run/NetworkManager/devices/2", "[device]\nmanaged=true\nconnection-uuid=abc\n")
        try box.write("run/NetworkManager/devices/3", "[device]\nmanaged=false\n")
        try box.write("run/systemd/netif/links/3", "# private\nADMIN_STATE=configured\nOPER_STATE=routable\n")
        try box.write("run/systemd/netif/links/2", "ADMIN_STATE=unmanaged\n")
        try box.write("run/network/ifstate", "lo=lo\nend0=end0\n")
        let expected: [(String, UInt32, [Manager])] = [
            ("eth0", 2, [.networkManager]), ("ens5", 3, [.networkd]), ("end0", 4, [.ifupdown]), ("br0", 5, []),
        ]
        for (name, index, managers) in expected { #expect(try box.files.managers(of: listed(name, index)) == managers) }
    }
}
