import Model

/// An operation that the kernel refused.
package struct FailedOperation: Equatable, Sendable {
    package var operation: Operation
    package var error: KernelError

    package init(operation: Operation, error: KernelError) {
        self.operation = operation
        self.error = error
    }
}

extension Kernel {
    /// Carries out a plan in its order. A refusal doesn't stop the rest, so that one broken WAN can't hold up the switch to another; but
    /// where a route couldn't be added, none of that interface and family is deleted: the deletion relied on it.
    package func carryOut(_ operations: [Operation]) -> [FailedOperation] {
        var failures: [FailedOperation] = []
        var unreplaced: [IPFamily: Set<InterfaceName>] = [:]
        for operation in operations {
            if case .deleteRoute(let route) = operation, unreplaced[route.family]?.contains(route.interface) == true { continue }
            do {
                try apply(operation)
            } catch {
                failures.append(FailedOperation(operation: operation, error: error))
                switch operation {
                case .addRoute(let route), .appendRoute(let route): unreplaced[route.family, default: []].insert(route.interface)
                case .deleteRoute, .addRule, .deleteRule, .set: break
                }
            }
        }
        return failures
    }
}
