import Glibc
import Lab
import Testing

extension BesideOthers {
    @Suite("uplinkd, and whoever should read its log")
    struct LogTests {
        /// A pipe with a name. What is written to it stays there until `read`.
        private final class UnreadPipe {
            let path: String
            private let descriptor: Int32

            init(in folder: String) throws {
                path = "\(folder)/stderr"
                try #require(mkfifo(path, 0o600) == 0)
                // For reading and writing, so that whoever opens it needn't wait for the other side.
                descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
                try #require(descriptor >= 0)
            }

            deinit { close(descriptor) }

            /// Now not a byte fits in.
            func fill() { while write(descriptor, "x", 1) == 1 {} }

            /// All that is there now.
            func read() -> String {
                var bytes: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 65536)
                while true {
                    let count = Glibc.read(descriptor, &chunk, chunk.count)
                    guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
                    bytes += chunk[..<count]
                }
            }
        }

        @Test(
            "a full standard error that nobody reads, and more to say than is kept: the switch comes all the same, and a reader hears what he missed"
        )
        func stalled() async throws {
            try await Lab.with { lab in
                let pipe = try UnreadPipe(in: lab.folder)
                let daemon = try await lab.startDaemon(arguments: ["--log-level", "debug"], standardError: pipe.path)
                try await lab.ready(daemon)
                let stream = try await lab.client.stream()
                try await lab.eventually("the stream flows") {
                    try await lab.telkom.node.run(["cat", "/proc/net/dev"]).packetsReceived(by: "wan") > 200
                }
                pipe.fill()
                try await Self.sayMuch(daemon, lab)
                let fault = try await lab.telkom.silenceUpstream()
                try await lab.carries(Addresses.smartfren)
                let report = try await stream.stop()
                let moved = try #require(report.there.firstFromElsewhere(after: fault.began))
                #expect(moved.source == Addresses.smartfren.address)
                #expect(moved.time - fault.began < .seconds(5))

                var log = ""
                try await lab.eventually("the reader is told what he missed") {
                    log += pipe.read()
                    return log.contains("this log were dropped here: nobody has read it.\n")
                }
                let told = log.split(separator: "\n").first { $0.hasSuffix("nobody has read it.") }
                let words = try #require(told).split(separator: " ")
                #expect(words.first == "warning:" && words.count > 1)
                let count = try #require(Int(words[1]))
                #expect(count > 1)
                // And the last line of all isn't lost.
                try await daemon.stop()
                log += pipe.read()
                #expect(log.hasSuffix("notice: Stopped; routes and NAT stay as they are\n"))
            }
        }

        /// A configuration with so many mistakes that a few refusals are more than the log keeps.
        private static func sayMuch(_ daemon: Daemon, _ lab: Lab) async throws {
            let file = "\(lab.folder)/uplinkd.yaml"
            try await Shell.run("cp \(file) \(file).right; for number in $(seq 500); do echo \"mistake-$number: $number\"; done >> \(file)")
            for _ in 1...6 {
                do {
                    try await daemon.control(["reload"])
                    Issue.record("the configuration was not refused")
                } catch let error as LabError {
                    #expect("\(error)".contains("mistake-500"))
                }
            }
            try await Shell.run("mv \(file).right \(file)")
        }
    }
}
