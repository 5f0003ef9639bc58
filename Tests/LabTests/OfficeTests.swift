import Lab
import Testing

extension InNamespaces {
    @Suite("An office of sixty")
    struct OfficeTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        @Test("the lab knows who has which sessions, and who got an answer by the other provider")
        func truth() async throws {
            try await Lab.with(clients: Role.office.count) { lab in
                let daemon = try await lab.daemon(.office())
                let office = try await lab.openOffice()
                try await office.lastWords()
                try await office.leave()
                let counts = try await lab.router.sessionCounts()
                for worker in office.workers {
                    let found = worker.count(by: Self.telkom, in: counts)
                    if let expected = worker.role.sessions { #expect(found.answered == expected, "\(worker.role) \(worker.address)") }
                    #expect(worker.count(by: Self.smartfren, in: counts).sessions == 0)
                }
                let fault = try await lab.telkom.silenceUpstream()
                try await lab.selects(Self.smartfren, daemon)
                let moved = office.workers.filter { $0.role.failover == "backed-up" }
                try await lab.eventually("all who ask are answered by smartfren") {
                    let counts = try await lab.router.sessionCounts()
                    return moved.allSatisfy { $0.count(by: Self.smartfren, in: counts).answered > 0 }
                }
                let after = try await lab.router.sessionCounts()
                for worker in office.workers where worker.role.failover != "backed-up" {
                    #expect(worker.count(by: Self.smartfren, in: after).answered == 0, "\(worker.role) \(worker.address)")
                }
                let report = try await office.close()
                let answered = report.firstAnswers(by: Self.smartfren, after: fault.began)
                #expect(Set(answered.keys) == Set(moved.map(\.address)))
                let slowest = answered.values.map { $0 - fault.began }.max()
                #expect(try #require(slowest) < .seconds(10))
            }
        }
    }
}

extension Office.Worker {
    func count(by provider: Provider, in counts: [String: [String: SessionCount]]) -> SessionCount {
        client.addresses.reduce(into: SessionCount()) { sum, address in
            let count = counts[address]?[provider.name] ?? SessionCount()
            sum.sessions += count.sessions
            sum.answered += count.answered
        }
    }
}
