import Floor
import Foundation
import Testing

@Suite("Whole files")
struct FilesTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("uplinkd-files-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    @Test("what is no file is refused at once: a pipe that nobody writes to, a device that never ends")
    func noFile() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try #require(mkfifo(path("pipe"), 0o600) == 0)
        for path in [path("pipe"), "/dev/zero"] {
            let error = #expect(throws: CallError.self) { try Files.read(path) }
            #expect(error.map { "\($0)" } == "can't read \(path): it isn't a file")
        }
        let error = #expect(throws: CallError.self) { try Files.read(folder.path) }
        #expect(error?.code == EISDIR)
    }

    @Test("replacing follows no link that somebody has put in the way, and what a crash has left doesn't hinder it")
    func link() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, precious) = (path("state"), path("precious"))
        try Data("precious".utf8).write(to: URL(fileURLWithPath: precious))
        try FileManager.default.createSymbolicLink(atPath: file + ".new", withDestinationPath: precious)
        try Files.replace(file, with: Array("new".utf8))
        #expect(try Files.read(precious) == Array("precious".utf8))
        #expect(try Files.read(file) == Array("new".utf8))
        try Data("half".utf8).write(to: URL(fileURLWithPath: file + ".new"))
        try Files.replace(file, with: Array("newer".utf8))
        #expect(try Files.read(file) == Array("newer".utf8))
    }
}
