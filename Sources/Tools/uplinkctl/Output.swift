import Floor
import FoundationEssentials
import Glibc

/// Standard output didn't take what was written: a full disk, say.
struct OutputError: Error, CustomStringConvertible {
    var code: Int32
    var description: String { "standard output: \(errorText(code))" }
}

/// Straight to the descriptors. `print` would buffer what a watcher waits for, and lose the error when the disk is full.
///
/// What a line is made of may come from anybody, so no line gives an order to the terminal. What does (`screen`, `progress`) is made of our own words.
enum Output {
    static func line(_ text: String) throws(OutputError) {
        let code = write(visible(text) + "\n", to: STDOUT_FILENO)
        guard code == 0 else { throw OutputError(code: code) }
    }

    static func lines(_ lines: [String]) throws(OutputError) {
        if !lines.isEmpty { try line(lines.joined(separator: "\n")) }
    }

    /// nil: nobody reads it from a terminal, so there is room for all.
    static var size: ScreenText.Size? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { return nil }
        return ScreenText.Size(rows: Int(size.ws_row), columns: Int(size.ws_col))
    }

    /// As it is.
    static func screen(_ text: String) throws(OutputError) {
        let code = write(text, to: STDOUT_FILENO)
        guard code == 0 else { throw OutputError(code: code) }
    }

    /// There is nobody left to tell when this fails.
    static func error(_ text: String) { complain(text) }

    /// On standard error, and the line goes on.
    static func question(_ text: String) { _ = write(visible(text), to: STDERR_FILENO) }

    /// In place of what the line held.
    static func progress(_ text: String) { _ = write("\r\u{1b}[K" + text, to: STDERR_FILENO) }

    /// A value as it is on the wire: over several lines when it's the one answer, on one line when others follow.
    static func json(_ value: some Encodable, oneLine: Bool = false) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if !oneLine { encoder.outputFormatting.insert(.prettyPrinted) }
        try line(String(decoding: encoder.encode(value), as: UTF8.self))
    }

    /// 0, or the errno of the write that failed.
    static func write(_ text: String, to descriptor: Int32) -> Int32 {
        Files.writeAll(Array(text.utf8), to: descriptor) ? 0 : errno
    }
}
