#!/usr/bin/env python3
"""One end of a session without a TCP stack: every segment has a number.

  raw.py IFACE MAC SOURCE:PORT TARGET:PORT DIRECTORY NAME

Sends SYN and ACK, from DIRECTORY/open on numbered segments until
DIRECTORY/finish appears, at most AHEAD more than the peer has acknowledged,
and takes those of the peer; NAME is a or b.  No segment is ever sent again, so
each must see every number once and in order: else, or when nothing moves for
QUIET_S, it says so and exits with 1.  The gateway is the station MAC; the
firewall of the host must drop segments of connections that it has not seen.
"""
import os
import select
import socket
import struct
import sys
import time

from attack import ACK, PSH, SYN, end, ip, tcp

OCTETS, AHEAD, EACH_S, QUIET_S = 200, 100, 0.001, 60
OPTIONS = b"\x02\x04\x05\xb4\x01\x03\x03\x07"


class Raw:
    def __init__(self, iface, mac, source, target):
        self.a, self.b = end(source), end(target)
        self.s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        self.s.bind((iface, 0x0800))
        self.s.setblocking(False)
        self.head = bytes.fromhex(mac.replace(":", "")) * 2 + b"\x08\x00"
        self.isn = struct.unpack("!I", os.urandom(4))[0]
        self.peer = None          # its initial number, once it is known
        self.sent = self.taken = self.acked = 0

    def send(self, flags, seq, ack=0, opts=b"", data=b""):
        body = tcp(self.a, self.b, flags, seq, ack, opts, data)
        self.s.send(self.head + ip(self.a, self.b, body))

    def send_next(self):
        data = struct.pack("!Q", self.sent) * (OCTETS // 8)
        self.sent += 1
        self.acknowledge(PSH, 1 + (self.sent - 1) * OCTETS, data)

    def acknowledge(self, flags=0, at=None, data=b""):
        if at is None:
            at = 1 + self.sent * OCTETS
        self.send(ACK | flags, self.isn + at,
                  self.peer + 1 + self.taken * OCTETS, data=data)

    def frames(self):
        """(flags, seq, ack, payload) of what came from the target."""
        while True:
            try:
                frame = self.s.recv(65600)
            except BlockingIOError:
                return
            head = 14 + (frame[14] & 15) * 4
            if frame[23] != 6 or frame[26:34] != \
                    socket.inet_aton(self.b[0]) + socket.inet_aton(self.a[0]):
                continue
            ports = struct.unpack_from("!HH", frame, head)
            seq, ack, at, flags = struct.unpack_from("!IIBB", frame, head + 4)
            if ports == (self.b[1], self.a[1]):
                total = struct.unpack_from("!H", frame, 16)[0]
                yield (flags, seq, ack,
                       frame[head + (at >> 4) * 4:14 + total])

    def take(self, flags, seq, ack, data):
        if flags & SYN:
            self.peer = seq
            self.acknowledge()
            return
        if flags & 5:
            sys.exit(f"ended by the gateway: flags {flags}")
        self.acked = max(self.acked, (ack - self.isn - 1) % 2**32 // OCTETS)
        for i in range(0, len(data), OCTETS):
            number = struct.unpack_from("!Q", data, i)[0]
            want = (self.peer + 1 + number * OCTETS) % 2**32
            if number != self.taken or (seq + i) % 2**32 != want:
                sys.exit(f"segment {number} instead of {self.taken}")
            self.taken += 1


def turn(raw, may_send):
    """Send one, wait a little, take what came."""
    if may_send and raw.sent - raw.acked < AHEAD:
        raw.send_next()
    select.select([raw.s], [], [], EACH_S)
    before = raw.taken
    for frame in raw.frames():
        raw.take(*frame)
    if raw.taken != before:
        raw.acknowledge()


def connect(raw, is_open):
    """The SYN, again each half second; then until both sides are open."""
    until = time.monotonic() + QUIET_S
    while raw.peer is None or not os.path.exists(is_open):
        if raw.peer is None:
            raw.send(SYN, raw.isn, opts=OPTIONS)
        select.select([raw.s], [], [], 0.5)
        for frame in raw.frames():
            raw.take(*frame)
        if time.monotonic() > until:
            sys.exit("the session does not open")


def exchange(raw, finish):
    """Send until finish appears, and until all of it is acknowledged."""
    moved, last = time.monotonic(), None
    while True:
        is_over = os.path.exists(finish)
        if is_over and raw.acked == raw.sent:
            return
        turn(raw, not is_over)
        now = raw.sent, raw.taken, raw.acked
        if now != last:
            moved, last = time.monotonic(), now
        if time.monotonic() > moved + QUIET_S:
            sys.exit(f"nothing moves: {now[0]} sent, {now[2]} of them "
                     f"acknowledged, {now[1]} taken")


def leave(raw, directory, name):
    """Take what the peer has sent still, now that it sends no more."""
    with open(f"{directory}/{name}.new", "w", encoding="ascii") as f:
        f.write(f"sent={raw.sent}\n")
    os.rename(f"{directory}/{name}.new", f"{directory}/{name}.sum")
    other = f"{directory}/{'ba'[name == 'b']}.sum"
    until = time.monotonic() + QUIET_S
    while not os.path.exists(other):
        turn(raw, False)
        if time.monotonic() > until:
            sys.exit("the peer does not finish")
    with open(other, encoding="ascii") as f:
        want = int(f.read().split("=")[1])
    while raw.taken < want:
        turn(raw, False)
        if time.monotonic() > until:
            sys.exit(f"{raw.taken} of {want} segments came")


def main():
    iface, mac, source, target, directory, name = sys.argv[1:]
    raw = Raw(iface, mac, source, target)
    connect(raw, directory + "/open")
    exchange(raw, directory + "/finish")
    leave(raw, directory, name)
    print(f"sent={raw.sent} taken={raw.taken}")


main()
