import Devices
import FoundationEssentials
import Model
import Testing

@testable import uplinkctl

@Suite("The list of interfaces")
struct InterfacesTextTests {
    private func rows() throws -> [InterfaceRow] {
        func name(_ text: String) throws -> InterfaceName { try #require(InterfaceName(text)) }
        var owners = InterfaceOwners()
        owners.wans = ["enx0c5b8f279a64": "smartfren"]
        owners.lan = ["br0"]
        let stick = Device(
            name: try name("enx0c5b8f279a64"), index: 5, alternativeNames: ["wwan0"], mac: "0c:5b:8f:27:9a:64",
            permanentMAC: "0c:5b:8f:27:9a:65",
            hardware: Hardware(
                path: "pci-0000:00:14.0-usb-0:2:1.0", serial: "0123", vendor: "12d1", product: "14db", driver: "cdc_ether", isUSB: true))
        let all = [
            ListedDevice(device: Device(name: try name("lo"), index: 1, isLoopback: true), isUp: true, hasCarrier: true),
            ListedDevice(
                device: Device(name: try name("eth1"), index: 2, master: try name("br0"), isReady: false), isUp: false, hasCarrier: false),
            ListedDevice(device: Device(name: try name("br0"), index: 3, kind: "bridge"), isUp: true, hasCarrier: true),
            ListedDevice(device: stick, isUp: true, hasCarrier: false),
        ]
        return all.map { InterfaceRow($0, managers: $0.device == stick ? [.networkManager, .ifupdown] : [], owners) }
    }

    @Test("a line for each, and below it what a match could have")
    func text() throws {
        #expect(
            try InterfacesText.lines(rows()) == [
                "INTERFACE        IS           CARRIER   DRIVER     MANAGED BY", "lo               loopback     yes       -          -",
                "eth1             port of br0  set down  -          -", "    udev hasn't finished with it",
                "br0              LAN          yes       -          -",
                "enx0c5b8f279a64  smartfren    no        cdc_ether  NetworkManager, ifupdown", "    path: pci-0000:00:14.0-usb-0:2:1.0",
                "    mac: 0c:5b:8f:27:9a:64  permanent mac: 0c:5b:8f:27:9a:65  serial: 0123", "    vendor: \"12d1\"  product: \"14db\"",
                "    also called wwan0",
            ])
    }

    @Test("JSON has the documented names")
    func json() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(InterfacesAnswer(interfaces: rows().suffix(1))), as: UTF8.self)
        #expect(
            text
                == #"{"interfaces":[{"alternative_names":["wwan0"],"carrier":false,"driver":"cdc_ether","index":5,"lan":false,"loopback":false,"mac":"0c:5b:8f:27:9a:64","managed_by":["NetworkManager","ifupdown"],"name":"enx0c5b8f279a64","path":"pci-0000:00:14.0-usb-0:2:1.0","permanent_mac":"0c:5b:8f:27:9a:65","product":"14db","ready":true,"serial":"0123","up":true,"usb":true,"vendor":"12d1","wan":"smartfren"}]}"#
        )
    }
}
