import Clients
import Control
import ControlProtocol
import Dispatch
import Engine
import Floor
import FoundationEssentials
import LinuxKernel
import Model
import Plan

/// Makes the reports: counts the LAN's sessions now and then, listens to first replies around a switch, and writes down whom it reached.
///
/// On a queue of its own, and the counting on another: the daemon tells it what happens and never waits for it. At a switch it does
/// nothing but listen until routes and sessions have been seen to; all that is much is done when the daemon describes the switch.
actor Reporter {
    static let kept = 20
    static let mostClients = 500
    /// Counting may take a fiftieth of one processor.
    private static let leisure = 50.0
    private static let shortestPause: Duration = .seconds(10)
    /// Where there are as many sessions as at the last count, they are likely the same.
    private static let longestPause: Duration = .seconds(60)
    /// The same where nobody in the LAN had any, as at night: who comes is one more.
    private static let longestPauseOfNobody: Duration = .seconds(600)
    /// A suspicion is over in a second or two; whoever listens for longer listens for nothing.
    private static let longestWatch: Duration = .seconds(60)

    let executor: QueueExecutor
    private let poll: Poll
    private let clock: Clock
    private var tell: @Sendable (SwitchReport) -> Void = { _ in }
    private let census = SessionCensus()

    private var ground: Ground?
    private var leases: String?
    private var isOn = false
    private var isTicking = false
    private var isCounting = false
    private var last: Count?
    /// How many sessions there were at that, everybody's.
    private var lastSize: Int?
    private var watch: SessionWatch?
    private var watchedSince: Instant?
    private var watchProblem: String?
    private var open: Open?
    /// So many clients are being told what has become of their sessions, each some seconds: what comes of it belongs to the report.
    private var tellings = 0
    /// One that the next switch has ended.
    private var interrupted: Open?
    private var finished: [SwitchReport] = []
    private var waitingForClients: [CheckedContinuation<Result<[ClientStatus], ControlError>, Never>] = []

    private struct Open {
        var draft: ReportDraft
        /// nil until the daemon has described the switch.
        var report: SwitchReport?
    }

    struct Count: Sendable {
        var census: Census
        /// nil: the neighbours couldn't be read.
        var table: LANTable?
        var startedAt: Instant
        var endedAt: Instant
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(clock: Clock) {
        self.clock = clock
        executor = QueueExecutor(queue: DispatchQueue(label: "net.uplinkd.reports"))
        poll = Poll(queue: executor.queue)
    }

    /// - Parameter tell: of each report that is finished.
    nonisolated func follow(_ tell: @escaping @Sendable (SwitchReport) -> Void) { order { $0.tell = tell } }

    /// In the order of the calls, and without waiting.
    nonisolated func order(_ body: @escaping @Sendable (isolated Reporter) -> Void) {
        executor.queue.async { self.assumeIsolated { body($0) } }
    }

    // MARK: what the daemon tells

    func settle(_ ground: Ground, isOn: Bool, leases: String?) {
        self.ground = ground
        self.leases = leases
        self.isOn = isOn
        if isOn, !isTicking { tick() }
    }

    /// The selected WAN is in doubt: a count that is complete before the decision is a fresh one.
    func suspect() {
        guard isOn else { return }
        listen()
        if !isCounting { count { $0.keep($1) } }
    }

    func calm() {
        if open == nil { stopListening() }
    }

    /// Before the routes are changed: sessions that begin while nobody listens stay unheard.
    func decide(_ draft: ReportDraft) {
        guard isOn else { return }
        interrupted = open
        listen()
        open = Open(draft: draft)
    }

    /// After routes and sessions have been seen to.
    func describe(_ report: SwitchReport) {
        if var old = interrupted {
            interrupted = nil
            old.report?.note(.cutShort(after: clock.now() - old.draft.decidedAt))
            finish(old, last?.table)
        }
        guard var open else { return }
        let decidedAt = open.draft.decidedAt
        var report = report
        if !open.draft.keepsSessions, let last, last.endedAt <= decidedAt {
            open.draft.take(before: last.census, last.table ?? LANTable())
            report.countedSecondsBefore = hundredths((decidedAt - last.startedAt).inSeconds)
        }
        if let watchProblem { report.note(.deaf(error: watchProblem)) }
        open.report = report
        self.open = open
        let id = report.id
        // Where sessions stay, they are all there still. Elsewhere this is the count that a next switch would begin with.
        if open.draft.keepsSessions { countBefore(id) } else { count(after: .seconds(2)) }
        later(ReportDraft.limit) { $0.end(id) }
        endIfSettled()
    }

    func tellingBegins() { tellings += 1 }

    func tellingEnds(_ outcome: TellingOutcome) {
        tellings -= 1
        if let open, !open.draft.keepsSessions {
            self.open?.report?.told = (open.report?.told ?? 0) + outcome.told
            self.open?.report?.toldAnswered = (open.report?.toldAnswered ?? 0) + outcome.answered
        }
        endIfSettled()
    }

    private func countBefore(_ id: String) {
        count { reporter, result in
            reporter.keep(result)
            guard reporter.open?.report?.id == id, case .success(let count) = result else { return }
            reporter.open?.draft.take(before: count.census, count.table ?? LANTable())
            reporter.open?.report?.countedSecondsBefore = 0
            reporter.endIfSettled()
        }
    }

    // MARK: counting

    private func tick() {
        guard isOn, ground != nil else {
            isTicking = false
            return
        }
        isTicking = true
        if open == nil, let watchedSince, clock.now() - watchedSince > Self.longestWatch { stopListening() }
        let size = SessionCensus.size
        if let size, size == lastSize, let last,
            clock.now() - last.endedAt < (last.census.isEmpty ? Self.longestPauseOfNobody : Self.longestPause)
        {
            return later(Self.shortestPause) { $0.tick() }
        }
        lastSize = size
        count { reporter, result in
            reporter.keep(result)
            var pause = Self.shortestPause
            if case .success(let count) = result { pause = max(pause, (count.endedAt - count.startedAt) * Self.leisure) }
            reporter.later(pause) { $0.tick() }
        }
    }

    private func count(after pause: Duration) {
        later(pause) { reporter in reporter.count { $0.keep($1) } }
    }

    private func later(_ pause: Duration, _ body: @escaping @Sendable (isolated Reporter) -> Void) {
        poll.after(pause) { [weak self] in self?.assumeIsolated { body($0) } }
    }

    private func keep(_ result: Result<Count, KernelError>) {
        isCounting = false
        guard case .success(let count) = result else { return }
        last = count
        // It was asked what has moved since the decision if there was one by then.
        if let decidedAt = open?.draft.decidedAt, count.startedAt >= decidedAt { open?.draft.take(after: count.census) }
    }

    private func count(
        readsLeases: Bool = false, _ then: @escaping @Sendable (isolated Reporter, Result<Count, KernelError>) -> Void
    ) {
        count(readsLeases: readsLeases, make: { $0 }, then)
    }

    /// - Parameter make: on the census's queue.
    private func count<Made: Sendable>(
        readsLeases: Bool, make: @escaping @Sendable (Count) -> Made,
        _ then: @escaping @Sendable (isolated Reporter, Result<Made, KernelError>) -> Void
    ) {
        guard let ground else { return }
        isCounting = true
        let startedAt = clock.now()
        let empty = Census(ground, secondsSince: open.map { UInt32(clamping: (startedAt - $0.draft.decidedAt).components.seconds) })
        let path = readsLeases ? leases ?? Leases.standardPath : nil
        census.count(into: empty) {
            $0.add($1, idleSeconds: $2.idleSeconds(of: $1))
        } then: { [self, clock] result in
            let made = result.map { census in
                let endedAt = clock.now()
                let table = (try? NeighbourTable.read(of: ground.lan)).map { LANTable($0, leases: Self.readLeases(path)) }
                return make(Count(census: census, table: table, startedAt: startedAt, endedAt: endedAt))
            }
            order { then($0, made) }
        }
    }

    private static func readLeases(_ path: String?) -> [IPAddress: Lease] {
        // Without it clients have no names: many offices have another DHCP server.
        guard let path, let bytes = try? Files.read(path) else { return [:] }
        return Leases.parse(String(decoding: bytes, as: UTF8.self))
    }

    // MARK: listening

    private func listen() {
        watchedSince = clock.now()
        guard watch == nil else { return }
        do {
            watch = try SessionWatch(queue: executor.queue) { [weak self] notices in
                self?.assumeIsolated { $0.hear(notices) }
            }
            watchProblem = nil
        } catch {
            watchProblem = error.description
        }
    }

    private func stopListening() {
        watch?.stop()
        watch = nil
        watchedSince = nil
    }

    private func hear(_ notices: [SessionNotice]) {
        guard open != nil else { return }
        let now = clock.now()
        for notice in notices { open?.draft.take(notice, at: now) }
        endIfSettled()
    }

    // MARK: the end

    private func endIfSettled() {
        if let open, let id = open.report?.id, open.draft.isSettled, tellings == 0 { end(id) }
    }

    private func end(_ id: String) {
        guard let ending = open, ending.report?.id == id else { return }
        count(readsLeases: true) { reporter, result in
            var ending = ending
            switch result {
            case .success(let count):
                ending.draft.take(after: count.census)
                if count.table == nil { ending.report?.note(.noNeighbours) }
                reporter.keep(result)
                reporter.finish(ending, count.table)
            case .failure(let error):
                reporter.isCounting = false
                ending.report?.note(.noCountAfter(error: error.description))
                reporter.finish(ending, nil)
            }
        }
        open = nil
        stopListening()
    }

    private func finish(_ ending: Open, _ table: LANTable?) {
        guard var report = ending.report else { return }
        if !ending.draft.knowsBefore { report.note(.noCountBefore) }
        if ending.draft.wasOverrun { report.note(.overrun) }
        if ending.draft.lacksTimes { report.note(.noTimes) }
        report.fill(ending.draft.figures(table), table)
        report.finished = true
        finished.append(report)
        if finished.count > Self.kept { finished.removeFirst(finished.count - Self.kept) }
        tell(report)
    }

    // MARK: what is asked

    func reports(id: String?, last: Int?) throws(ControlError) -> [SwitchReport] {
        var all = finished
        if let open, var report = open.report {
            report.fill(open.draft.figures(self.last?.table), self.last?.table)
            all.append(report)
        }
        guard let id else { return all.suffix(last ?? all.count) }
        guard let found = all.first(where: { $0.id == id }) else { throw .unknownReport(id: id, known: all.map(\.id)) }
        return [found]
    }

    func clients() async throws(ControlError) -> [ClientStatus] {
        guard ground != nil else { throw .failed(message: "The kernel hasn't been read yet; try again in a moment.") }
        let isFirst = waitingForClients.isEmpty
        return try await withCheckedContinuation { continuation in
            // Whoever asks while it is being counted has the answer of those before.
            waitingForClients.append(continuation)
            guard isFirst else { return }
            count(readsLeases: true, make: { (count: $0, clients: ClientStatus.all($0)) }) { reporter, result in
                reporter.keep(result.map(\.count))
                let waiting = reporter.waitingForClients
                reporter.waitingForClients = []
                let answer = result.map(\.clients).mapError {
                    ControlError.failed(message: "The sessions can't be counted: \($0.description)")
                }
                for continuation in waiting { continuation.resume(returning: answer) }
            }
        }.get()
    }
}
