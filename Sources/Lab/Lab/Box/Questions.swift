/// Questions under way: each has a number, by which its answer is known, and none is waited for longer than it may take.
package actor Questions<Answer: Sendable> {
    private var waiting: [Int: CheckedContinuation<Answer, any Error>] = [:]
    private var last = 0
    private var end: LabError?

    package init() {}

    package func ask(within: Duration, _ send: @Sendable (Int) throws -> Void) async throws -> Answer {
        if let end { throw end }
        last += 1
        let number = last
        let alarm = Task {
            try await Task.sleep(for: within)
            fail(number, LabError("no answer within \(within)"))
        }
        defer { alarm.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiting[number] = continuation
                do { try send(number) } catch { fail(number, error) }
            }
        } onCancel: {
            Task { await fail(number, CancellationError()) }
        }
    }

    package func answer(_ number: Int, _ result: Result<Answer, any Error>) { waiting.removeValue(forKey: number)?.resume(with: result) }

    private func fail(_ number: Int, _ error: any Error) { answer(number, .failure(error)) }

    /// The other side is gone: nobody will answer.
    package func close(_ error: LabError) {
        end = error
        for continuation in waiting.values { continuation.resume(throwing: error) }
        waiting = [:]
    }
}
