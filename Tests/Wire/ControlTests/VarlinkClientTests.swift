import Control
import ControlFixtures
import ControlProtocol
import Testing
import Varlink

@Suite struct VarlinkClientTests {
    @Test("the Python client of varlink.org reads our descriptions, calls, streams and understands our errors")
    func python() async throws {
        try await withServer { server, handler, path in
            await handler.onSwitch { server.publishStatusChange() }
            let script = #filePath.replacing("VarlinkClientTests.swift", with: "varlink-client.sh")
            let child = try await Child.run(script, buildFolder(), path)
            let interface = InterfaceParser(ControlMethod.interface.description)
            #expect(
                child.output == """
                    GetInfo: uplinkd org.varlink.service net.uplinkd
                    parsed: org.varlink.service 8 members
                    parsed: net.uplinkd \(interface.types.count + interface.methods.count + interface.errors.count) members
                    Status: telkom telkom smartfren
                    Events: [2, 3]
                    Explain: telkom: it is the first choice.
                    Quality: smartfren [10.0, 11.25, None, 15.0, 20.0] 10.0
                    Probe: answered
                    Reload: ['smartfren is metered now.']
                    error: net.uplinkd.UnknownWAN ['known', 'wan']
                    error: net.uplinkd.WANNotUsable ['health', 'reason', 'wan']
                    Watch: telkom
                    Switch: True
                    Watch: smartfren
                    error: org.varlink.service.ExpectedMore

                    """)
            #expect(child.status == 0, "\(child.error)")
        }
    }
}
