import CLinux
import Floor
import Glibc
import Synchronization

/// The terminal while it shows the full-screen view, and the way back to what it was: after `leave`, after a signal that ends us, and after a crash.
///
/// What a signal handler may touch is in atomics and in one place that is written before the handlers are there.
struct Terminal {
    enum Event: Equatable {
        case key(UInt8)
        /// Nobody is there any more to press keys.
        case inputEnded
        case resized
        /// By this signal.
        case ended(Int32)
        /// Ctrl-Z.
        case suspended
        case woken
    }

    /// Alternate screen, no cursor, no wrapping: a line that is too long is cut by the terminal.
    private static let enterSequence = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l"

    private let input: Int32
    private let isInputTerminal: Bool
    private var isInputOpen = true

    /// Standard output has to be a terminal.
    init() throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(.failed, "A pipe can't be made: \(errorText()).") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        input = ends[0]
        signalPipe.store(ends[1], ordering: .releasing)
        isInputTerminal = tcgetattr(STDIN_FILENO, &savedTerminal) == 0
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP] {
            handle(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe.load(ordering: .acquiring), &byte, 1)
            }
        }
        // The handler is gone by then, so that we end as we would have without it.
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
            handle(number, flags: SA_RESETHAND) { number in
                restoreTerminal()
                raise(number)
            }
        }
    }

    private func handle(_ number: Int32, flags: UInt32 = 0, _ handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = Int32(bitPattern: flags)
        sigaction(number, &action, nil)
    }

    func enter() throws(OutputError) {
        if isInputTerminal {
            var settings = savedTerminal
            // Keys come one by one and unseen; Ctrl-C and Ctrl-Z are signals as ever.
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        }
        isChanged.store(true, ordering: .releasing)
        try Output.screen(Self.enterSequence)
    }

    func leave() { restoreTerminal() }

    /// Ctrl-Z: as it was, until somebody goes on with us.
    func suspend() throws(OutputError) {
        leave()
        raise(SIGSTOP)
        try enter()
    }

    /// Ends this process as the signal would have.
    func end(by number: Int32) {
        leave()
        signal(number, SIG_DFL)
        raise(number)
    }

    var size: ScreenText.Size { Output.size ?? ScreenText.Size(rows: 24, columns: 80) }

    func show(_ lines: [String]) throws(OutputError) {
        // What was there is written over, and not cleared before: that would flicker.
        try Output.screen("\u{1b}[H" + lines.map { $0 + "\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J")
    }

    /// Waits for the next thing to happen.
    mutating func next() -> Event {
        while true {
            var entries = [
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isInputTerminal && isInputOpen ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 2, -1) > 0 else { continue }
            var byte: UInt8 = 0
            if entries[0].revents != 0, read(input, &byte, 1) == 1 {
                switch Int32(byte) {
                case 0: return .woken
                case SIGWINCH: return .resized
                case SIGTSTP: return .suspended
                default: return .ended(Int32(byte))
                }
            }
            if entries[1].revents != 0 {
                if read(STDIN_FILENO, &byte, 1) == 1 { return .key(byte) }
                isInputOpen = false
                return .inputEnded
            }
        }
    }

    /// From any thread: `next` comes back.
    static func wake() {
        var byte: UInt8 = 0
        _ = write(signalPipe.load(ordering: .acquiring), &byte, 1)
    }
}

private let signalPipe = Atomic<Int32>(-1)
private let isChanged = Atomic<Bool>(false)
/// Written once, before there are handlers that read it.
nonisolated(unsafe) private var savedTerminal = termios()
private let leaveSequence: StaticString = "\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"

/// Only what a signal handler may call.
private func restoreTerminal() {
    guard isChanged.exchange(false, ordering: .acquiringAndReleasing) else { return }
    _ = write(STDOUT_FILENO, leaveSequence.utf8Start, leaveSequence.utf8CodeUnitCount)
    tcsetattr(STDIN_FILENO, TCSANOW, &savedTerminal)
}
