import Testing

/// Everything that builds a lab. One after the other: they measure, and two at a time would measure each other.
@Suite("In network namespaces", .serialized)
enum InNamespaces {}
