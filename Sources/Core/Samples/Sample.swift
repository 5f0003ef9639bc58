package import Model

/// One probe as it is kept.
package struct Sample: Hashable, Sendable {
    /// When it was sent: milliseconds of Unix time.
    package var at: Int64
    package var result: SampleResult

    package init(at: Int64, _ result: SampleResult) {
        self.at = at
        self.result = result
    }
}
