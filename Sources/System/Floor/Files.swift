import Glibc

/// Whole files, read and written. Errors keep what was tried and the kernel's reason.
package enum Files {
    package struct Failed: Error, CustomStringConvertible {
        package var action: String
        package var code: Int32
        package var description: String { "\(action): \(String(cString: strerror(code)))" }

        package init(action: String, code: Int32) {
            self.action = action
            self.code = code
        }
    }

    package static func read(_ path: String, atMost limit: Int = 4 << 20) throws(Failed) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failed(action: "can't read \(path)", code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
            } else if errno != EINTR {
                throw Failed(action: "can't read \(path)", code: errno)
            }
        }
        throw Failed(action: "can't read \(path)", code: EFBIG)
    }

    /// Whole or not at all: a reader, or a crash, never sees half a file.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(Failed) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failed(action: "can't write \(temporary)", code: errno) }
        let written = writeAll(bytes, to: descriptor)
        let code = errno
        close(descriptor)
        guard written else {
            unlink(temporary)
            throw Failed(action: "can't write \(temporary)", code: code)
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw Failed(action: "can't replace \(path)", code: code)
        }
    }

    /// False: errno says why.
    package static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
        }
        return true
    }
}

/// A line on standard error. Nobody is left to tell if that fails.
package func complain(_ line: String) { _ = Files.writeAll(Array((line + "\n").utf8), to: STDERR_FILENO) }
