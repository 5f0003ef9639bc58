import Testing

/// Polls until it holds; the deadline is only for when it never will.
func eventually(_ what: Comment, _ holds: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(300)
    while try await !holds() {
        try #require(ContinuousClock.now < deadline, what)
        try await Task.sleep(for: .milliseconds(5))
    }
}
