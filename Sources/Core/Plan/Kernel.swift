package import Model

/// The kernel's routing, as far as we use it. Two things implement it: Linux, and a fake in the tests; one contract suite runs on both.
package protocol Kernel: AnyObject {
    /// A complete reading of what concerns these interfaces, never a remembered one.
    ///
    /// - Parameter lan: those of them that clients are behind, for the ways that the kernel leads these.
    func snapshot(of interfaces: Set<InterfaceName>, lan: [InterfaceName]) throws(KernelError) -> Snapshot

    /// nil: there is no such interface. One question, a few microseconds.
    func linkCounters(of index: UInt32) throws(KernelError) -> LinkCounters?

    /// Carries out one operation. What is already so counts as done: adding what is there, deleting what isn't.
    func apply(_ operation: Operation) throws(KernelError)
}

extension Kernel {
    package func snapshot(of interfaces: Set<InterfaceName>) throws(KernelError) -> Snapshot { try snapshot(of: interfaces, lan: []) }
}

/// What the kernel refused, and why. `code` decides, never the text.
package struct KernelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The command that it equals, or the reading that failed: `ip route prepend default …`, `reading the routes`.
    package var operation: String
    /// An errno.
    package var code: Int32
    /// `Network is unreachable`.
    package var text: String

    package init(operation: String, code: Int32, text: String) {
        self.operation = operation
        self.code = code
        self.text = text
    }

    package var description: String { "\(operation): \(text)" }
}
