"""Answers the echo requests of this namespace, but first sends each lie that a prober must not believe.

Arguments: an address of this namespace that is not the target. Prints "ready" once it listens, and ends with its standard input. The
kernel's own answers have to be off (net.ipv4.icmp_echo_ignore_all=1).
"""
import select
import socket
import struct
import sys

other_address = sys.argv[1]


def checksum(data):
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def echo_reply(identifier, sequence, payload):
    message = struct.pack(">BBHHH", 0, 0, 0, identifier, sequence) + payload
    return message[:2] + struct.pack(">H", checksum(message)) + message[4:]


def sender(address):
    made = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    made.bind((address, 0))
    return made


listener = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
print("ready", flush=True)
while True:
    ready, _, _ = select.select([listener, sys.stdin], [], [])
    if sys.stdin in ready:
        break  # Also when the test was killed, so that nothing is left of it.
    packet, _ = listener.recvfrom(2048)
    header = (packet[0] & 15) * 4
    source, target = (socket.inet_ntoa(packet[at:at + 4]) for at in (12, 16))
    kind, _, _, identifier, sequence = struct.unpack(">BBHHH", packet[header:header + 8])
    if kind != 8:
        continue
    cookie = packet[header + 8:]
    true = echo_reply(identifier, sequence, cookie)
    honest, other = sender(target), sender(other_address)
    broken = true[:2] + bytes([true[2] ^ 255]) + true[3:]
    for lie in (
        echo_reply(identifier ^ 1, sequence, cookie),
        echo_reply(identifier, (sequence + 1) & 0xFFFF, cookie),
        echo_reply(identifier, sequence, bytes(4)),
        echo_reply(identifier, sequence, cookie + bytes(48)),
        broken,
        # Shorter than 8 bytes the kernel would drop it itself (icmp_filter() in net/ipv4/raw.c).
        true[:10],
        echo_reply(identifier, sequence, cookie + bytes(4000)),
        # Other types: the socket's filters keep them from us.
        b"\x05" + true[1:],
        b"\x03" + true[1:],
    ):
        honest.sendto(lie, (source, 0))
    other.sendto(true, (source, 0))
    honest.sendto(true, (source, 0))
    honest.sendto(true, (source, 0))
    honest.close()
    other.close()
