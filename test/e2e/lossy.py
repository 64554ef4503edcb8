#!/usr/bin/env python3
"""Between a controller and a gateway over UDP: loses, repeats and reorders.

  lossy.py --seed N LISTEN-ADDRESS:PORT CONTROLLER-ADDRESS:PORT

The gateway takes LISTEN for its controller.  Of twelve datagrams of a direction
two are lost, two come twice and two come behind the next one (or 40 ms late);
which of them, says the seed, and it says the same in every run.  Prints at
SIGTERM what was done, a line for each direction, and "unbalanced" when one kind
is missing.
"""
import argparse
import random
import select
import signal
import socket
import sys
import time

DEAL = ["lost"] * 2 + ["twice"] * 2 + ["late"] * 2 + ["passed"] * 6
LATE_S = 0.04


class Way:
    """One direction: what happens to the next datagram, and what waits."""

    def __init__(self, name, seed, send):
        self.name, self.send = name, send
        self.random = random.Random(f"{seed} {name}")
        self.plan, self.waiting = [], []
        self.done = dict.fromkeys(DEAL, 0)

    def fate(self):
        if not self.plan:
            self.plan = DEAL[:]
            self.random.shuffle(self.plan)
        return self.plan.pop()

    def take(self, data):
        fate = self.fate()
        self.done[fate] += 1
        before = self.waiting
        self.waiting = []
        if fate in ("passed", "twice"):
            self.send(data)
        for _, late in before:
            self.send(late)
        # A copy comes when the first one has been answered, as a rule.
        if fate in ("late", "twice"):
            self.waiting.append((time.monotonic() + LATE_S, data))

    def tick(self):
        now = time.monotonic()
        while self.waiting and self.waiting[0][0] <= now:
            self.send(self.waiting.pop(0)[1])

    def report(self):
        print(self.name, *(f"{k}={v}" for k, v in self.done.items()))


def endpoint(text):
    address, port = text.rsplit(":", 1)
    return address, int(port)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("listen", type=endpoint)
    parser.add_argument("controller", type=endpoint)
    args = parser.parse_args()
    front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    front.bind(args.listen)
    back.connect(args.controller)
    peer = []

    def to_controller(data):
        try:
            back.send(data)
        except ConnectionRefusedError:  # it is not there yet
            pass

    ways = {front: Way("up", args.seed, to_controller),
            back: Way("down", args.seed, lambda d: front.sendto(d, peer[0]))}

    def end(*_):
        for way in ways.values():
            way.report()
        if not all(n for way in ways.values() for n in way.done.values()):
            print("unbalanced")
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        for side in select.select([front, back], [], [], LATE_S / 4)[0]:
            try:
                data, source = side.recvfrom(65536)
            except ConnectionRefusedError:
                continue
            if side is front:
                peer[:] = [source]
            ways[side].take(data)
        for way in ways.values():
            way.tick()


if __name__ == "__main__":
    main()
