import Testing

/// Everything that builds a lab and measures. One after the other: two at a time would measure each other.
///
/// No closures inside `#expect(…)` and `#require(…)` here: with Swift 6.3.1 a closure in a macro's argument can be given the same symbol as
/// another closure of the test, and then the wrong one of the two runs (seen: `filter { $0.first == "child" }` filtered by "owner").
@Suite("In network namespaces", .serialized)
enum InNamespaces {}

/// Everything that builds a lab and asks what becomes of it, not when. They wait more than they work, so they run beside those that measure.
@Suite("In network namespaces, beside others", .serialized)
enum BesideOthers {}
