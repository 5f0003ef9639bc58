import Dispatch

/// Waits on the main thread for something asynchronous: there is nothing else to do here. An asynchronous `main` would give Dispatch a thread above
/// all others, which a service has no right to.
package func blocking<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let done = DispatchSemaphore(value: 0)
    let box = Box<Value>()
    Task {
        box.value = await body()
        done.signal()
    }
    while true {
        done.wait()
        if let value = box.value { return value }
    }
}

/// Written before the semaphore is signalled and read after it was waited for, so never at the same time.
private final class Box<Value: Sendable>: @unchecked Sendable {
    var value: Value?
}
