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

/// Whether that process runs. One that has ended may be there for a moment more, until its parent has asked (state Z).
func runs(_ processIdentifier: Int32) -> Bool {
    guard let file = fopen("/proc/\(processIdentifier)/status", "r") else { return false }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if text.hasPrefix("State:") { return !text.contains("Z") && !text.contains("X") }
    }
    return false
}

/// Those of one lab that stand.
func namespaces(of lab: String) async throws -> [String] { try await Cleanup.namespaces().filter { $0.hasPrefix(lab + "-") } }
