"""The services that probes ask for, and that lie, fail or fall silent on demand: DNS on port 53, HTTP on port 80, of both families.

Argument: an address of this namespace that nobody asks. Prints "ready" once all listen, "query NAME TYPE" for each DNS query and "request
PATH HOST" for each HTTP request. Understands the lines "silent" and "talk" for DNS; ends with its standard input.
"""
import socket
import struct
import sys
import threading
import time

other_address = sys.argv[1]
is_silent = False
ADDRESSES = {"right.example": "203.0.113.1", "lying.example": "10.10.10.10", "short.example": "203.0.113.1", "forged.example": "203.0.113.1",
             "elsewhere.example": "203.0.113.1", "closed.example": "203.0.113.9"}


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def record(kind, data, seconds):
    return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, seconds, len(data)) + data


other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
other.bind((other_address, 53))


def respond(query):
    """The messages that answer this query: (message, whether from another address)."""
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    name, (kind,), question = ".".join(labels).lower(), struct.unpack(">H", query[at + 1:at + 3]), query[12:at + 5]
    say("query %s %d" % (name, kind))

    def message(flags, answers=(), id=query[:2], question=question):
        return id + struct.pack(">HHHHH", flags, 1, len(answers), 0, 0) + question + b"".join(answers)

    if is_silent or name == "silent.example":
        return []
    if name == "servfail.example":
        return [(message(0x8182), False)]
    if name == "truncated.example":
        return [(message(0x8380), False)]
    if kind == 28 and name == "right.example":
        return [(message(0x8180, [record(28, socket.inet_pton(socket.AF_INET6, "2001:db8:9::1"), 60)]), False)]
    if kind != 1 or name not in ADDRESSES:
        return [(message(0x8183), False)]
    true = message(0x8180, [record(1, socket.inet_aton(ADDRESSES[name]), 0 if name == "short.example" else 60)])
    lie = [record(1, socket.inet_aton("10.6.6.6"), 60)]
    if name == "forged.example":
        return [(message(0x8180, lie, id=bytes([query[0] ^ 1, query[1]])), False),
                (message(0x8180, lie, question=b"\x05wrong\x00\x00\x01\x00\x01"), False),
                (message(0x0100, lie), False), (true[:20], False), (true, False)]
    if name == "elsewhere.example":
        return [(message(0x8180, lie), True), (true, False)]
    return [(true, False)]


def serve_dns(family, address):
    listener = socket.socket(family, socket.SOCK_DGRAM)
    listener.bind((address, 53))

    def run():
        while True:
            query, source = listener.recvfrom(4096)
            for message, is_from_other in respond(query):
                (other if is_from_other else listener).sendto(message, source)
    return run


def page(status, body, *fields):
    lines = ["HTTP/1.1 " + status, "Content-Length: %d" % len(body), "Connection: close"] + list(fields)
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


PAGES = {
    "/204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/right": page("200 OK", "success\n"),
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nsuc\r\n5;x\r\ncess\n\r\n0\r\n\r\n",
    "/login": page("200 OK", "<html><head><title>\n  Isolir:\n  tagihan belum dibayar</title></head></html>"),
    "/redirect": page("302 Found", "", "Location: http://portal.example/isolir?from=x"),
    "/error": page("503 Service Unavailable", "later"),
    "/garbage": b"SSH-2.0-OpenSSH_9.2\r\n",
    "/empty": b"",
    "/long": page("200 OK", "x" * 1000000),
}


def serve_http(family, address):
    listener = socket.create_server((address, 80), family=family)

    def answer(connection):
        request = b""
        while b"\r\n\r\n" not in request:
            part = connection.recv(4096)
            if not part:
                return
            request += part
        lines = request.decode().split("\r\n")
        path = lines[0].split(" ")[1]
        say("request %s %s" % (path, next(line[6:] for line in lines if line.startswith("Host: "))))
        if path == "/stall":
            time.sleep(1000)
        elif path == "/reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif path == "/slow":
            for byte in PAGES["/right"]:
                connection.send(bytes([byte]))
                time.sleep(0.002)
        else:
            connection.sendall(PAGES[path])
        connection.close()

    def answer_somehow(connection):
        try:
            answer(connection)
        except OSError:
            pass  # The prober has heard enough.

    def run():
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=answer_somehow, args=(connection,), daemon=True).start()
    return run


servers = [serve(family, address) for serve in (serve_dns, serve_http)
           for family, address in ((socket.AF_INET, "203.0.113.1"), (socket.AF_INET6, "2001:db8:9::1"))]
for server in servers:
    threading.Thread(target=server, daemon=True).start()
say("ready")
for line in sys.stdin:
    is_silent = line.strip() == "silent"
    say("done")
