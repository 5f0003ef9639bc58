import Testing

/// Everything that builds a lab. One after the other: they measure, and two at a time would measure each other.
///
/// No closures inside `#expect(…)` and `#require(…)` here: with Swift 6.3.1 a closure in a macro's argument can be given the same symbol as
/// another closure of the test, and then the wrong one of the two runs (seen: `filter { $0.first == "child" }` filtered by "owner").
@Suite("In network namespaces", .serialized)
enum InNamespaces {}
