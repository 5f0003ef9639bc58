import Model

extension Value where T == MarkMask {
    static var markMask: Value {
        Value(expected: "a hexadecimal number of at most 32 bits, all of its ones side by side, such as 0x0f000000") { text in
            guard text.hasPrefix("0x"), let bits = UInt32(text.dropFirst(2), radix: 16) else {
                return .wrong(hint: text.hasPrefix("0x") ? nil : "write '0x' in front of it")
            }
            return MarkMask(bits: bits).map { .value($0) } ?? .wrong(hint: nil)
        }
    }
}
