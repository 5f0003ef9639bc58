#!/usr/bin/env python3
# `uplinkctl watch` on a pseudo-terminal: watch-terminal.py SCENARIO PROGRAM CONTROL. Prints what it has seen, a line each.
import fcntl, os, pty, select, signal, struct, sys, termios, time

scenario, program, control = sys.argv[1:4]
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"


def size(rows, columns):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


master, slave = pty.openpty()
size(20, 70)
before = termios.tcgetattr(slave)
os.environ.update(TERM="dumb" if scenario == "dumb" else "xterm", LC_ALL="C.UTF-8", NO_COLOR="1")
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for descriptor in range(3):
        os.dup2(slave, descriptor)
    os.close(master)
    arguments = [program, "watch", "--control", control]
    os.execv(program, arguments + (["--lines"] if scenario == "lines" else []))

output = b""
deadline = time.monotonic() + 30


def until(condition, what):
    global output
    while not condition():
        if time.monotonic() > deadline:
            print("never:", what, output[-2000:])
            os.kill(pid, signal.SIGKILL)
            sys.exit(1)
        if select.select([master], [], [], 0.05)[0]:
            try:
                output += os.read(master, 65536)
            except OSError:
                return


def ended():
    global status
    done, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
    return done == pid


def rest():
    until(lambda: not select.select([master], [], [], 0)[0], "the rest")


def settings():
    return termios.tcgetattr(slave)


def frame():
    """The lines of the last picture that is whole."""
    pictures = [part.split(b"\x1b[J")[0] for part in output.split(b"\x1b[H")[1:] if b"\x1b[J" in part]
    return [line.decode() for line in pictures[-1].replace(b"\x1b[K", b"").replace(b"\r", b"").split(b"\n")] if pictures else []


if scenario in ("lines", "dumb"):
    until(lambda: b"Traffic goes by telkom" in output and b"smartfren" in output, "the status")
    os.kill(pid, signal.SIGTERM)
    until(ended, "the end")
    print("plain text:", b"\x1b" not in output)
    sys.exit()

until(lambda: any("Traffic goes by telkom" in line for line in frame()), "the first picture")
print("alternate screen:", output.startswith(ENTER))
changed = settings()
print("keys unseen, one by one:", not changed[3] & (termios.ECHO | termios.ICANON))
print("fits:", len(frame()) <= 20 and all(len(line) <= 70 for line in frame()))
size(6, 30)
until(lambda: frame() and len(frame()) <= 6 and all(len(line) <= 30 for line in frame()), "a picture of the new size")
print("resized:", len(frame()) > 3)

if scenario == "q":
    os.write(master, b"xq")
elif scenario == "interrupt":
    os.write(master, b"\x03")
elif scenario == "suspend":
    os.write(master, b"\x1a")
    until(ended, "it stops")
    rest()
    print("stopped:", os.WIFSTOPPED(status), "restored:", settings() == before and output.endswith(LEAVE))
    os.kill(pid, signal.SIGCONT)
    until(lambda: output.count(ENTER) == 2 and len(frame()) > 3, "it goes on")
    os.write(master, b"q")
elif scenario == "daemon":
    pass  # Whoever started this script ends it.
else:
    os.kill(pid, getattr(signal, scenario))
until(ended, "the end")
rest()
print("restored:", settings() == before)
print("left:", output.count(ENTER) == output.count(LEAVE), "cursor:", output.rindex(b"\x1b[?25h") > output.rindex(b"\x1b[?25l"))
print("behind it:", output[output.rindex(LEAVE) + len(LEAVE):].decode().strip().replace(control, "CONTROL"))
print("end:", os.WTERMSIG(status) and signal.Signals(os.WTERMSIG(status)).name or os.WEXITSTATUS(status))
