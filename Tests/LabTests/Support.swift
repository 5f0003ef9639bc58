import Glibc
import Lab

/// The interfaces of the namespace that the tests themselves run in.
func hostLinks() async throws -> [String] {
    guard let folder = opendir("/sys/class/net") else { throw LabError("/sys/class/net: \(String(cString: strerror(errno)))") }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.sorted()
}

func exists(_ processIdentifier: Int32) -> Bool { kill(processIdentifier, 0) == 0 || errno != ESRCH }

/// Those of one lab that stand.
func namespaces(of lab: String) async throws -> [String] { try await Cleanup.namespaces().filter { $0.hasPrefix(lab + "-") } }
