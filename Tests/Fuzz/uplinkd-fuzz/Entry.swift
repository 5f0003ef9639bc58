import Glibc

/// libFuzzer calls this with one input after another; a trap, an address that isn't ours, and an input that takes seconds end it, and leave the input
/// behind. Which parser gets them is in the environment: the program's arguments are libFuzzer's.
///
/// There is no `main`: libFuzzer's is linked in, so this target exists for `make fuzz` alone.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    chosen(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}

private let chosen: Parser = {
    let name = getenv("UPLINKD_FUZZ").map { String(cString: $0) } ?? ""
    guard let parser = parsers[name] else {
        fatalError("UPLINKD_FUZZ names no parser: \(parsers.keys.sorted().joined(separator: ", "))")
    }
    return parser
}()
