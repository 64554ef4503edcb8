#!/usr/bin/env python3
"""A bridge that delivers one packet in ten late: reorder.py IFACE IFACE

A late packet comes behind the next four of its direction, or after 5 ms.
Prints how many were late at SIGTERM.
"""
import random
import select
import signal
import socket
import sys
import time

SHARE, BEHIND, LATE_S = 0.1, 4, 0.005
OUTGOING = 4                    # PACKET_OUTGOING


class Way:
    """One direction."""

    def __init__(self, to):
        self.to, self.held, self.late = to, [], 0

    def take(self, frame):
        if random.random() < SHARE:
            self.held.append([BEHIND, time.monotonic() + LATE_S, frame])
            self.late += 1
            return
        self.to.send(frame)
        for item in self.held:
            item[0] -= 1
        self.release()

    def release(self):
        now = time.monotonic()
        for item in [i for i in self.held if i[0] <= 0 or i[1] <= now]:
            self.held.remove(item)
            self.to.send(item[2])


def main():
    sides = []
    for name in sys.argv[1:3]:
        side = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        side.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        side.bind((name, 3))
        sides.append(side)
    ways = {sides[0]: Way(sides[1]), sides[1]: Way(sides[0])}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(
        print(sum(w.late for w in ways.values()), flush=True)))
    while True:
        held = any(w.held for w in ways.values())
        for side in select.select(sides, [], [], 0.002 if held else 1)[0]:
            frame, where = side.recvfrom(65536)
            if where[2] != OUTGOING:
                ways[side].take(frame)
        for way in ways.values():
            way.release()


if __name__ == "__main__":
    main()
