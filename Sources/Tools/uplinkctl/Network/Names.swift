import CLinux
import Dispatch
import Glibc
import Model
import Synchronization

/// What a slow call comes to, for the thread that waits for it.
private final class Slot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let filled = DispatchSemaphore(value: 0)

    func fill(_ new: Value) {
        value.withLock { $0 = new }
        filled.signal()
    }

    /// nil: not within the time. It goes on by itself, and nobody waits for it any more.
    func take(within milliseconds: Int) -> Value? {
        guard filled.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else { return nil }
        return value.withLock { $0 }
    }
}

/// The C library's resolver has patience for half a minute, and can't be told otherwise.
private func started<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Slot<Value> {
    let slot = Slot<Value>()
    DispatchQueue.global().async { slot.fill(body()) }
    return slot
}

enum HostName {
    /// The address of a host by the box's own resolver; an address stands for itself. Without a family: IPv4 where there is one.
    static func address(of host: String, _ family: IPFamily?) throws(Failure) -> IPAddress {
        if let address = IPAddress(host) {
            guard family == nil || family == address.family else {
                throw Failure(.usage, "\(host) is no \(family == .v6 ? "IPv6" : "IPv4") address.")
            }
            return address
        }
        switch started({ lookUp(host, family) }).take(within: 15_000) {
        case .success(let addresses):
            guard let address = addresses.first(where: { $0.family == .v4 }) ?? addresses.first else {
                throw Failure(.failed, "\(host) has no address.")
            }
            return address
        case .failure(let error): throw Failure(.failed, "\(host) can't be looked up: \(error.text).")
        case nil:
            throw Failure(
                .failed,
                "\(host) can't be looked up: this box's resolver doesn't answer within 15 s. An address instead of a name needs none.")
        }
    }

    private struct LookUpError: Error { var text: String }

    private static func lookUp(_ host: String, _ family: IPFamily?) -> Result<[IPAddress], LookUpError> {
        var hints = addrinfo()
        switch family {
        case .v4: hints.ai_family = AF_INET
        case .v6: hints.ai_family = AF_INET6
        case nil: hints.ai_family = AF_UNSPEC
        }
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else { return .failure(LookUpError(text: String(cString: gai_strerror(code)))) }
        defer { freeaddrinfo(first) }
        var addresses: [IPAddress] = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = entry.ai_addr, let text = numeric(address, entry.ai_addrlen), let parsed = IPAddress(text) else { continue }
            addresses.append(parsed)
        }
        return .success(addresses)
    }

    private static func numeric(_ address: UnsafePointer<sockaddr>, _ length: socklen_t, flags: Int32 = NI_NUMERICHOST) -> String? {
        var name = [CChar](repeating: 0, count: 1025)
        guard getnameinfo(address, length, &name, socklen_t(name.count), nil, 0, flags) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The name that belongs to an address. nil: there is none.
    fileprivate static func name(of address: IPAddress) -> String? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.description, nil, &hints, &found) == 0, let entry = found?.pointee, let bytes = entry.ai_addr else {
            return nil
        }
        defer { freeaddrinfo(found) }
        return numeric(bytes, entry.ai_addrlen, flags: NI_NAMEREQD)
    }
}

/// The names of addresses, each looked up once; what takes too long has none.
struct NameBook {
    private enum Entry {
        case asked(Slot<String?>, until: ContinuousClock.Instant)
        case known(String?)
    }

    private static let patience = Duration.seconds(2)
    private var entries: [IPAddress: Entry] = [:]

    /// All at once, so that a silent name server is waited for once.
    mutating func lookUp(_ addresses: [IPAddress]) {
        for address in addresses where entries[address] == nil {
            entries[address] = .asked(started { HostName.name(of: address) }, until: .now + Self.patience)
        }
    }

    mutating func name(of address: IPAddress) -> String? {
        switch entries[address] {
        case .known(let name): return name
        case .asked(let slot, let end):
            let name = slot.take(within: max(0, Int((end - .now) / .milliseconds(1)))) ?? nil
            entries[address] = .known(name)
            return name
        case nil: return nil
        }
    }
}
