/// Both lines to a box that is switched on: to its agent, and to QEMU.
final class BoxLines: Sendable {
    private let agent: LineSocket
    private let monitor: LineSocket
    private let commands = Questions<AgentMessage.Answer>()
    private let orders = Questions<Void>()

    /// QEMU makes the sockets when it starts.
    init(folder: String) throws {
        let agent = try LineSocket(path: "\(folder)/agent")
        let monitor = try LineSocket(path: "\(folder)/qmp")
        self.agent = agent
        self.monitor = monitor
        let (commands, orders) = (commands, orders)
        Task {
            for await line in agent.lines {
                if let answer = AgentMessage.answer(line) { await commands.answer(answer.number, .success(answer)) }
            }
            await commands.close(LabError("the box is switched off"))
        }
        Task {
            for await line in monitor.lines {
                switch try? QMPMessage(line) {
                case .done(let number): await orders.answer(number, .success(()))
                case .refused(let number, let reason): await orders.answer(number, .failure(LabError("QEMU: \(reason)")))
                case .greeting, .event, nil: break
                }
            }
            await orders.close(LabError("the box is switched off"))
        }
    }

    func close() {
        agent.close()
        monitor.close()
    }

    func run(_ command: String, within: Duration) async throws -> AgentMessage.Answer {
        // The box's own limit comes first: what hangs there is ended, and says so.
        let agent = agent
        return try await commands.ask(within: within + .seconds(30)) {
            try agent.send(AgentMessage.request($0, seconds: Int(within.components.seconds), command: command))
        }
    }

    func order(_ command: QMPCommand) async throws {
        let monitor = monitor
        try await orders.ask(within: .seconds(30)) { number in
            var numbered = command
            numbered.id = number
            try monitor.send(JSON.line(numbered))
        }
    }
}
