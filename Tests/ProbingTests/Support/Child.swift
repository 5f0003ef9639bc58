import Foundation

/// A program that runs beside the test, spoken to line by line.
final class Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread = ""
    /// All that it has said, for the message of a failure.
    private(set) var transcript = ""

    init(_ command: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    func say(_ line: String) throws { try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8)) }

    /// The next line that begins so; other lines before it are passed over. The deadline is there for a child that is stuck.
    func line(beginning start: String, within seconds: Double = 30) throws -> String {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            while let end = unread.firstIndex(of: "\n") {
                let line = String(unread[..<end])
                unread.removeSubrange(...end)
                if line.hasPrefix(start) { return line }
            }
            var waiting = pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            let left = deadline.timeIntervalSinceNow
            guard left > 0, poll(&waiting, 1, Int32(left * 1000) + 1) > 0 else {
                throw Failure("no line '\(start)…' came; all that came:\n\(transcript)")
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Failure("it ended before a line '\(start)…' came; all that came:\n\(transcript)") }
            let text = String(decoding: data, as: UTF8.self)
            unread += text
            transcript += text
        }
    }

    func end() {
        guard process.isRunning else { return }
        // Not SIGTERM: a child inherits the signal mask of the thread that starts it, and Dispatch's threads block all they can.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Runs a program to its end and gives back what it wrote.
@discardableResult
func run(_ command: [String], input: String = "") throws -> String {
    let process = Process()
    let output = Pipe()
    let standardInput = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = output
    process.standardError = output
    process.standardInput = standardInput
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure("\(command.joined(separator: " ")): \(text)") }
    return text
}
