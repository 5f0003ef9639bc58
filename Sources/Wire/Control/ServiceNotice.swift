import Glibc

/// Tells the service manager something (sd_notify(3)): a datagram to the socket that `NOTIFY_SOCKET` names. It may fail: there is nobody else
/// to tell, and the service manager will notice by itself.
package func notifyServiceManager(_ text: String, at path: String) {
    var name = Array(path.utf8)
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let message = Array(text.utf8)
    _ = withUnixAddress(name: name) { Int32(sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, $1)) }
}
