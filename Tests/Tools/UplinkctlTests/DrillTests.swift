import Control
import ControlFixtures
import ControlProtocol
import FoundationEssentials
import Glibc
import Testing
import Varlink

@Suite struct DrillTests {
    private let program = buildFolder() + "/uplinkctl"

    @Test("each step comes by itself, the last one ends the call, and the connection serves on")
    func steps() async throws {
        try await withServer { _, handler, path in
            try await blocking {
                let client = try ControlClient(path: path)
                var replies = try client.drill(DrillParameters(wan: "telkom", fault: "silent", seconds: 30, force: true))
                var steps: [String] = []
                while let progress = try replies.next(until: soon())?.progress { steps.append(progress.step) }
                #expect(steps == ["begun", "failover", "over"])
                #expect(try client.status() == .sample)
            }
            #expect(await handler.drills == [DrillParameters(wan: "telkom", fault: "silent", seconds: 30, force: true)])
            #expect(await handler.drillsEnded == 0)
        }
    }

    @Test("a caller that goes, or is killed, ends its drill", arguments: ["closes", "is killed", "is interrupted"])
    func gone(how: String) async throws {
        try await withServer { server, handler, path in
            await handler.endDrills(with: nil)
            if how == "closes" {
                try await blocking {
                    var replies = try ControlClient(path: path).drill(DrillParameters(wan: "telkom"))
                    #expect(try replies.next(until: soon())?.progress.step == "begun")
                }
            } else {
                let script = """
                    folder=$(mktemp -d); trap 'rm -r $folder' EXIT; : > $folder/out
                    \(program) drill telkom --control \(path) > $folder/out & drill=$!
                    until grep -q 'Failover to smartfren' $folder/out; do kill -0 $drill || exit; sleep 0.02; done
                    kill -\(how == "is killed" ? "KILL" : "INT") $drill; wait $drill 2> /dev/null; echo $?
                    """
                let child = try await Child.run("bash", "-c", script)
                #expect(child.output == (how == "is killed" ? "137\n" : "130\n"))
                #expect(child.error == (how == "is killed" ? "" : "\nuplinkctl: interrupted; uplinkd takes the fault back.\n"))
            }
            try await eventually("its drill has been ended") { await handler.drillsEnded == 1 }
            try await eventually("it is forgotten") { await server.clientCount == 0 }
        }
    }

    @Test("without 'more' there is nobody to tell, and no drill")
    func more() async throws {
        try await withServer { _, handler, path in
            let error = await #expect(throws: ControlClientError.self) {
                try await blocking {
                    try ControlClient(path: path).call(ControlMethod.drill, DrillParameters(wan: "telkom"))
                }
            }
            #expect(error == .refused(.service(.expectedMore)))
            #expect(await handler.drills == [])
        }
    }

    @Test("after the last step come the reports of its switches, whole")
    func reports() async throws {
        try await withServer { _, _, path in
            let report = try await Child.run(program, "report", "20261124-183012-527", "--control", path)
            let drill = try await Child.run(program, "drill", "telkom", "--control", path)
            #expect(report.status == 0 && drill.status == 0)
            #expect(drill.output.hasSuffix("Outcome: passed. The drill is over.\n\n" + report.output))
        }
    }

    @Test("a drill that didn't go well ends with 6", arguments: ["no-failover", "no-failback", "not-backed-up", "stopped", "later"])
    func status(outcome: String) async throws {
        try await withServer { _, handler, path in
            await handler.endDrills(with: DrillProgress(step: "over", milliseconds: 60_000, message: "It is over.", outcome: outcome))
            let child = try await Child.run(program, "drill", "telkom", "--fault", "lossy=30", "--for", "2m", "--control", path)
            #expect(child.status == 6 && child.error == "")
            #expect(child.output.hasSuffix("  60.00 s  over      Outcome: \(outcome). It is over.\n"))
            #expect(await handler.drills == [DrillParameters(wan: "telkom", fault: "lossy=30", seconds: 120)])
        }
    }
}
