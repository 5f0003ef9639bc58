import Floor
import Glibc

/// Some commands need what only the daemon's program has (the configuration reader, the kernel): this process becomes it, so that its
/// output, its exit status and signals to it are the daemon program's own.
enum DaemonProgram {
    static func become(_ arguments: [String]) throws(Failure) {
        var words: [UnsafeMutablePointer<CChar>?] = (["uplinkd"] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        for candidate in candidates(beside: executable()) {
            execv(candidate, &words)
            guard errno == ENOENT || errno == ENOTDIR else { throw failure(candidate, errno) }
        }
        execvp("uplinkd", &words)
        guard errno == ENOENT else { throw failure("uplinkd", errno) }
        throw Failure(.failed, "The program uplinkd is neither beside uplinkctl, nor in ../sbin from there, nor in PATH.")
    }

    /// The one that was installed with us comes before whatever PATH has.
    static func candidates(beside executable: String?) -> [String] {
        guard let executable, let slash = executable.lastIndex(of: "/") else { return [] }
        let folder = executable[..<slash]
        return ["\(folder)/uplinkd", "\(folder)/../sbin/uplinkd"]
    }

    /// nil: /proc isn't mounted.
    private static func executable() -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? -1 }
        }
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    private static func failure(_ program: String, _ code: Int32) -> Failure {
        Failure(code == EACCES ? .denied : .failed, "\(program) can't be run: \(errorText(code))")
    }
}
