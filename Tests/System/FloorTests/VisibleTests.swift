import Floor
import Testing

@Suite("Somebody else's words on a terminal")
struct VisibleTests {
    @Test(
        "orders to the terminal and turned words are shown, not obeyed; all else stays as it is",
        arguments: [
            ("\u{1b}[2J", "\\u001b[2J"), ("a\u{7}\rb", "a\\u0007\\u000db"), ("\u{9b}31m", "\\u009b31m"), ("x\u{202e}y", "x\\u202ey"),
            ("one\ntwo\tthree", "one\ntwo\tthree"), ("Bürö ≤ 3 日本 👍", "Bürö ≤ 3 日本 👍"), ("", ""),
        ])
    func shown(_ text: String, _ expected: String) { #expect(visible(text) == expected) }
}
