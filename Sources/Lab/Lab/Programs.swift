internal import Glibc

/// Where the programs are: beside the one that is running, which holds in `.build/<configuration>/` and when installed.
package struct Programs: Sendable {
    package var uplinkd: String
    package var uplinkctl: String
    package var lan: String
    /// The lab's own program: the traffic runs in it.
    package var lab: String

    package init(uplinkd: String? = nil, uplinkctl: String? = nil, lab: String? = nil) throws {
        let folder = try Self.ownFolder()
        self.uplinkd = uplinkd ?? "\(folder)/uplinkd"
        self.uplinkctl = uplinkctl ?? "\(folder)/uplinkctl"
        lan = "\(folder)/uplinkd-lan"
        self.lab = lab ?? "\(folder)/uplinkd-lab"
        try Self.check(self.lab)
    }

    /// Only when the daemon is to run: the lab is of use without it.
    func checkDaemon() throws {
        try Self.check(uplinkd)
        try Self.check(uplinkctl)
    }

    private static func check(_ path: String) throws {
        guard access(path, X_OK) == 0 else { throw LabError("\(path): \(String(cString: strerror(errno)))") }
    }

    private static func ownFolder() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        guard length > 0 else { throw LabError("/proc/self/exe: \(String(cString: strerror(errno)))") }
        let path = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = path.lastIndex(of: "/") else { throw LabError("/proc/self/exe is not a path: \(path)") }
        return String(path[..<slash])
    }
}
