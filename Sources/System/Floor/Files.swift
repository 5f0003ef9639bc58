import CLinux
import Glibc

/// Whole files, read and written.
package enum Files {
    package static func read(_ path: String, atMost limit: Int = 4 << 20) throws(CallError) -> [UInt8] {
        let action = "can't read \(path)"
        // Whoever opens a pipe that nobody writes to waits for a writer, and a terminal or a device may never end.
        let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK, action)
        var kind = stat()
        guard fstat(file.number, &kind) == 0 else { throw .last(action) }
        guard [S_IFREG, S_IFDIR].contains(kind.st_mode & S_IFMT) else { throw CallError("\(action): it isn't a file") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= limit {
            let count = chunk.withUnsafeMutableBytes { chunk in retried { Glibc.read(file.number, chunk.baseAddress, chunk.count) } }
            guard count >= 0 else { throw .last(action) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        throw CallError(action: action, code: EFBIG)
    }

    /// What is in a folder, but for `.` and `..`; in no order.
    package static func names(in folder: String) throws(CallError) -> [String] {
        guard let directory = opendir(folder) else { throw .last("can't read \(folder)") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Whole or not at all: a reader, or a crash, never sees half a file.
    /// - Parameter outlivesPowerCut: it is on the disk when this returns, which may be long.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: UInt32 = 0o600, outlivesPowerCut: Bool = false
    ) throws(CallError) {
        let temporary = path + ".new"
        let action = "can't write \(temporary)"
        do throws(CallError) {
            // What a crash left there goes; a link that somebody put there isn't followed.
            unlink(temporary)
            let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600, action)
            try file.write(bytes, action)
            // The umask has no say in who may read it.
            guard fchmod(file.number, mode) == 0 else { throw .last(action) }
            if outlivesPowerCut { guard fsync(file.number) == 0 else { throw .last(action) } }
            guard rename(temporary, path) == 0 else { throw .last("can't replace \(path)") }
            // That it stands there under its name is the folder's to keep.
            if outlivesPowerCut, let slash = path.lastIndex(of: "/") {
                let folder = try Descriptor.open(String(path[...slash]), O_RDONLY | O_DIRECTORY, action)
                guard fsync(folder.number) == 0 else { throw .last(action) }
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// A lock on that file, which the kernel takes away when the process ends, however it ends (flock(2)). nil: somebody else has it.
    package static func lock(_ path: String, _ action: String) throws(CallError) -> Descriptor? {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600, action)
        if flock(file.number, LOCK_EX | LOCK_NB) == 0 { return file }
        guard errno == EWOULDBLOCK else { throw .last("can't lock \(path)") }
        return nil
    }

    /// Waits for room where there is none. False: errno says why.
    package static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in retried { write(descriptor, bytes.baseAddress, bytes.count) } }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// A line on standard error, waiting for whoever reads it: for a program that a person has started. Nobody is left to tell if that fails.
package func complain(_ line: String) { _ = Files.writeAll(Array((visible(line) + "\n").utf8), to: STDERR_FILENO) }
