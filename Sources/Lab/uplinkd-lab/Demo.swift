import ArgumentParser
import Lab

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A failover from beginning to end, with real packets, in under a minute. Exit status 1 if it didn't work.")
    @OptionGroup var arguments: LabArguments
    @Flag(help: "Static routes instead of the daemon: shows what the kernel does alone, and what it can't.") var staticRoutes = false

    func run() async throws {
        let options = LabOptions(programs: try arguments.programs(), isEverythingMasqueraded: false)
        let staticRoutes = staticRoutes
        try await interruptible {
            let began = Moment.now
            try await Lab.with(options: options) { lab in
                say("A client, a router, telkom, smartfren and the Internet stand after \(since(began)).")
                if staticRoutes {
                    try await lab.router.useStaticRoutes()
                    say("No daemon: two static routes and masquerade.")
                } else {
                    let started = Moment.now
                    let daemon = try await lab.startDaemon()
                    try await lab.ready(daemon)
                    say("uplinkd runs. Traffic goes by telkom \(since(started)) after its start.")
                }
                try await tell(lab, failsOver: !staticRoutes)
            }
        }
    }
}

/// A call (UDP, 200 packets a second), a lasting TCP connection and ten new connections a second go through every scene.
private func tell(_ lab: Lab, failsOver: Bool) async throws {
    let telkom = Addresses.telkom
    let smartfren = Addresses.smartfren

    let cut = try await Scene.play(lab, from: telkom, to: smartfren) { try await lab.telkom.cutCable() }
    say("Telkom's cable is cut.", cut)
    let plugged = try await Scene.play(lab, from: smartfren, to: telkom) { try await lab.telkom.plugCable() }
    say("Telkom's cable is plugged in again.", plugged)
    let silent = try await Scene.play(lab, from: telkom, to: failsOver ? smartfren : nil) { try await lab.telkom.silenceUpstream() }
    say("Beyond telkom's gateway nothing answers; the gateway does.", silent)
    let back = try await Scene.play(lab, from: failsOver ? smartfren : nil, to: telkom) { try await lab.telkom.restoreUpstream() }
    say("Telkom is back.", back)

    try lab.require("the call went on by smartfren when the cable was cut", cut.moved != nil)
    try lab.require("the call went on by smartfren when the upstream fell silent", !failsOver || silent.moved != nil)
    say(failsOver ? "Both failovers worked." : "The kernel alone fails over when a cable is cut, and only then.")
}

private func say(_ sentence: String, _ scene: Scene) {
    let call = scene.moved.map { "by the other WAN after \(milliseconds($0))" } ?? "stayed where it was"
    say(sentence)
    print("    call:            \(call), \(scene.stream.lost) of \(scene.stream.sent) packets lost")
    let breaks = scene.connection.breaks.map { broken in
        let again = broken.reconnected.map { ", made anew in \(milliseconds($0 - broken.time))" } ?? ", not made anew"
        return "\(broken.reason)\(again)"
    }
    print(
        "    connection:      worst stall \(rounded(scene.connection.worstStallMilliseconds, places: 0)) ms\(breaks.isEmpty ? "" : "; ")\(breaks.joined(separator: "; "))"
    )
    let connections = scene.connections
    print(
        "    new connections: \(connections.answered) answered, \(connections.failed) failed, slowest \(rounded(connections.slowestMilliseconds, places: 0)) ms"
    )
}

private func say(_ sentence: String) { printLine(sentence) }
private func since(_ moment: Moment) -> String { milliseconds(Moment.now - moment) }

func milliseconds(_ duration: Duration) -> String { "\(rounded(duration.milliseconds, places: 0)) ms" }
