#!/usr/bin/env python3
"""A bridge that delivers one packet in ten late, and may lose and delay.

reorder.py IFACE IFACE [--loss PERCENT] [--delay MS]

A late packet comes behind the next four of its direction, or after 5 ms.  The
delay is that of one direction; packets keep their order in it.  Prints how
many were late, and how many lost, at SIGTERM.
"""
import argparse
import collections
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

    def __init__(self, to, loss, delay_s):
        self.to, self.loss, self.delay_s = to, loss, delay_s
        self.held, self.late, self.lost = [], 0, 0
        self.under_way = collections.deque()

    def take(self, frame):
        if random.random() < self.loss:
            self.lost += 1
            return
        if random.random() < SHARE:
            self.held.append([BEHIND, time.monotonic() + LATE_S, frame])
            self.late += 1
            return
        self.send(frame)
        for item in self.held:
            item[0] -= 1
        self.release()

    def release(self):
        now = time.monotonic()
        for item in [i for i in self.held if i[0] <= 0 or i[1] <= now]:
            self.held.remove(item)
            self.send(item[2])
        while self.under_way and self.under_way[0][0] <= now:
            self.to.send(self.under_way.popleft()[1])

    def send(self, frame):
        if self.delay_s:
            self.under_way.append((time.monotonic() + self.delay_s, frame))
        else:
            self.to.send(frame)

    def waits(self):
        return self.held or self.under_way


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("iface", nargs=2)
    parser.add_argument("--loss", type=float, default=0)
    parser.add_argument("--delay", type=float, default=0)
    return parser.parse_args()


def main():
    args, sides = arguments(), []
    for name in args.iface:
        side = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        side.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        side.bind((name, 3))
        sides.append(side)
    ways = {a: Way(b, args.loss / 100, args.delay / 1000)
            for a, b in (sides, sides[::-1])}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(
        print(sum(w.late for w in ways.values()),
              sum(w.lost for w in ways.values()), flush=True)))
    while True:
        waits = any(w.waits() for w in ways.values())
        for side in select.select(sides, [], [], 0.002 if waits else 1)[0]:
            frame, where = side.recvfrom(65536)
            if where[2] != OUTGOING:
                ways[side].take(frame)
        for way in ways.values():
            way.release()


if __name__ == "__main__":
    main()
