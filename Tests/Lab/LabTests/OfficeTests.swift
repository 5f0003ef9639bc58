import Lab
import Testing

extension InNamespaces {
    @Suite("An office of sixty")
    struct OfficeTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        @Test("the lab knows who has which sessions, and who got an answer by the other provider")
        func truth() async throws {
            try await Lab.with(clients: Role.office.count, options: LabOptions(keepsBoxToItsWANs: false)) { lab in
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

        @Test(
            "uplinkctl counts all of them right: at rest, at a failover and at the failback, with the clients' own times of first replies")
        func counts() async throws {
            try await Lab.with(clients: Role.office.count, options: LabOptions(keepsBoxToItsWANs: false)) { lab in
                let daemon = try await lab.daemon(.office(leases: lab.leases))
                let office = try await lab.openOffice()
                try await office.lastWords()
                try await office.leave()
                try await Self.checkClients(lab, office, daemon)

                let fault = try await lab.telkom.silenceUpstream()
                let failover = try await Self.report("failover", lab, daemon)
                Self.check(failover, office, \.failover)
                for client in failover.clients {
                    let worker = try #require(office.worker(client.addresses))
                    if let sessions = worker.role.sessions { #expect(client.sessionsBefore == sessions, "\(worker.name)") }
                }

                try await office.lastWords()
                let mended = try await lab.telkom.restoreUpstream()
                let failback = try await Self.report("failback", lab, daemon)
                Self.check(failback, office, \.failback)

                let truth = try await office.close()
                try Self.checkTimes(failover, office, truth.firstAnswers(by: Self.smartfren, after: fault.began))
                try Self.checkTimes(failback, office, truth.firstAnswers(by: Self.telkom, after: mended.began))
            }
        }

        @Test("a drill is reported as the failover and the failback that it is")
        func drill() async throws {
            let roles = Role.roles([(.call, 4), (.chat, 3), (.browser, 3), (.listener, 2), (.silent, 1), (.present, 1)])
            try await Lab.with(clients: roles.count, options: LabOptions(keepsBoxToItsWANs: false)) { lab in
                let daemon = try await lab.daemon(.office(leases: lab.leases))
                let office = try await lab.openOffice(roles)
                let began = Moment.now
                let drill = try await lab.router.node.start(
                    "drill", [lab.programs.uplinkctl, "drill", "telkom", "--fault", "silent", "--for", "30s", "--control", daemon.control])
                let failover = try await Self.report("failover", lab, daemon)
                Self.check(failover, office, \.failover)
                let failback = try await Self.report("failback", lab, daemon)
                Self.check(failback, office, \.failback)
                #expect([failover.drill, failback.drill] == ["silent", "silent"])
                try await lab.eventually("the drill is over") { !drill.isRunning }
                let truth = try await office.close()
                try Self.checkTimes(failover, office, truth.firstAnswers(by: Self.smartfren, after: began))
                try Self.checkTimes(failback, office, truth.firstAnswers(by: Self.telkom, after: try Moment(wallTime: failback.decided)))
            }
        }

        /// Everybody is in the list once, by name, with just the sessions that conntrack has.
        private static func checkClients(_ lab: Lab, _ office: Office, _ daemon: Daemon) async throws {
            office.holdBrowsers()
            defer { office.letBrowsersGo() }
            var (counts, list): ([String: [String: SessionCount]], [DaemonClient]) = ([:], [])
            try await lab.eventually("a moment in which no session begins or ends") {
                counts = try await lab.router.sessionCounts()
                list = try await daemon.clients()
                return try await lab.router.sessionCounts() == counts
            }
            #expect(list.count == office.workers.count)
            for worker in office.workers {
                let found = list.filter { $0.addresses.contains(worker.address) }
                let client = try #require(found.first, "\(worker.name) isn't in the list")
                #expect(found.count == 1)
                #expect([client.name, client.mac] == [worker.name, worker.mac])
                for provider in [telkom, smartfren] {
                    let shares = client.shares.filter { $0.wan == provider.name }
                    let told = SessionCount(sessions: shares.first?.sessions ?? 0, answered: shares.first?.answered ?? 0)
                    #expect(told == worker.count(by: provider, in: counts), "\(worker.name) by \(provider.name)")
                }
                if worker.role == .leaving { #expect(client.neighbour == "failed") }
            }
        }

        private static func report(_ kind: String, _ lab: Lab, _ daemon: Daemon) async throws -> DaemonReport {
            var found: DaemonReport?
            try await lab.eventually("a report of the \(kind) is finished", within: .seconds(90)) {
                found = try await daemon.reports().last { $0.kind == kind && $0.finished }
                return found != nil
            }
            return try #require(found)
        }

        /// It has everybody who was active, and says of each what has become of him.
        private static func check(_ report: DaemonReport, _ office: Office, _ outcome: KeyPath<Role, String?>) {
            let expected = office.workers.filter { $0.role[keyPath: outcome] != nil }
            let told = report.clients.map { client in "\(office.worker(client.addresses)?.name ?? client.addresses[0]): \(client.outcome)" }
            let right = expected.map { "\($0.name): \($0.role[keyPath: outcome] ?? "")" }
            #expect(told.sorted() == right.sorted())
            func count(_ word: String) -> Int { expected.count { $0.role[keyPath: outcome] == word } }
            let counts = [report.clientsBefore, report.backedUp, report.staying, report.idle, report.gone, report.broken]
            #expect(counts == [expected.count] + ["backed-up", "staying", "idle", "gone", "broken"].map(count))
        }

        private static let tolerance = Duration.milliseconds(500)

        /// The router sees a reply a little before the client does. Both are of one clock, but for the milliseconds that the decision's is given in.
        private static func checkTimes(_ report: DaemonReport, _ office: Office, _ truth: [String: Moment]) throws {
            let decided = try Moment(wallTime: report.decided)
            var differences: [Double] = []
            for client in report.clients where client.outcome == "backed-up" {
                let worker = try #require(office.worker(client.addresses))
                let told = try #require(client.firstReplyMs, "\(worker.name)")
                let seen = try #require(truth[worker.address], "\(worker.name) knows of no answer")
                differences.append((seen - decided).milliseconds - told)
            }
            let worst = try #require(differences.map(abs).max())
            #expect(worst < tolerance.milliseconds, "\(report.kind): \(differences)")
            let times = report.clients.compactMap(\.firstReplyMs).sorted()
            #expect([report.fastestMs, report.slowestMs] == [times.first, times.last])
        }
    }
}

extension Office {
    func worker(_ addresses: [String]) -> Worker? { workers.first { addresses.contains($0.address) } }
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
