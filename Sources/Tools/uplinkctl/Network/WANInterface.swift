import CLinux
import Control
import ControlProtocol
import Floor
import Glibc
import Model
import Varlink

/// The interface that a WAN has now, for what this program sends by it itself.
struct WANInterface {
    var status: WANStatus
    var interface: InterfaceName
    var index: UInt32

    init(_ name: String, in status: Status) throws(Failure) {
        guard let found = status.wans.first(where: { $0.name == name }) else {
            let error = ControlClientError.refused(.unknownWAN(wan: name, known: status.wans.map(\.name)))
            throw Failure(error) ?? Failure(.failed, "\(error)")
        }
        guard found.interface != "-" else {
            throw Failure(
                .failed, "\(name) can't be used: no interface fits what it is known by; 'uplinkctl interfaces' lists those there are.")
        }
        guard let interface = InterfaceName(found.interface) else {
            throw Failure(.failed, "uplinkd's answer makes no sense: \(found.name) has the interface '\(found.interface)'.")
        }
        index = if_nametoindex(found.interface)
        guard index > 0 else {
            let error = errorText()
            throw Failure(.failed, "\(name) can't be used: its interface \(found.interface) isn't there (\(error)).")
        }
        self.status = found
        self.interface = interface
    }
}
