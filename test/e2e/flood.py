#!/usr/bin/env python3
"""A controller that asks for far more than the gateway can do (C35).

  flood.py LISTEN-ADDRESS REFUSALS SECONDS

Registers the gateway, makes contexts with as many Adds out as it takes without
refusing any, then sends Adds without waiting for answers until REFUSALS of them
were refused, for SECONDS at most.  In between it subtracts its contexts and asks
for signs of life; these are repeated until they are answered, and must never be
refused.  At the end everything is subtracted.  Prints what was answered, and
how long the Adds took that were admitted, in the flood and before it.  That
is information: in the flood this program is slow itself, and what waits in
the gateway's socket stands before its queue (test_gw_overload judges that).
Exit status 0 when all of the rest came true.
"""
import re
import socket
import sys
import time

MINE = 40
LEG = ("A=ip/1/%s/${M{ST=1{O{MO=SR},L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n"
       "a=setup:passive\n}}},SG{ipnapt/latch{napt=LATCH}}}")
ADD = "C=${" + LEG % "access" + "," + LEG % "core" + "}"
HEARTBEAT = "C=-{AV=ROOT{AT{}}}"
FLOOD = 1000000                 # transaction ids from here on
BURST = 500
CALM, CALM_WINDOW = 2000, 50    # Adds before it, and how many are out


class Controller:
    def __init__(self, address):
        self.mid = f"!/3 [{address}]:2944\n"
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.sock.bind((address, 2944))
        self.gateway = None
        self.open = {}          # tid: text, sent at, first sent at
        self.answers = {}       # tid: text
        self.flooded = {}       # code or "ok": how many
        self.asked = {}         # tid of the flood: when
        self.took = []          # seconds, of those that were admitted
        self.tid = 0

    def send(self, text, head=None):
        self.sock.sendto(((head or self.mid) + text).encode(), self.gateway)

    def take(self, seconds):
        """One message, when there is one within that time."""
        self.sock.settimeout(seconds)
        try:
            data, peer = self.sock.recvfrom(65536)
        except (TimeoutError, BlockingIOError):
            return False
        text = data.decode()
        if "SC=ROOT" in text or "ServiceChange" in text:
            self.gateway = peer
            tid = re.search(r"\bT=(\d+)", text).group(1)
            self.send(f"P={tid}{{C=-{{SC=ROOT{{SV{{V=3}}}}}}}}",
                      self.mid.replace("!/3", "!/1"))
        found = re.search(r"^P=(\d+)\{", text, re.M)
        if found:
            self.answered(int(found.group(1)), text)
        return True

    def answered(self, tid, text):
        if tid >= FLOOD:
            code = re.search(r"ER=(\d+)", text)
            code = code.group(1) if code else "ok"
            self.flooded[code] = self.flooded.get(code, 0) + 1
            asked = self.asked.pop(tid, None)
            if code == "ok" and asked:
                self.took.append(time.monotonic() - asked)
        elif tid in self.open:
            self.answers[tid] = (text, time.monotonic() - self.open[tid][2])
            del self.open[tid]

    def take_all(self):
        while self.take(0):
            pass

    def repeat(self):
        now = time.monotonic()
        for tid, (text, sent, first) in list(self.open.items()):
            if now > sent + 0.5:
                self.open[tid] = (text, now, first)
                self.send(f"T={tid}{{{text}}}")

    def begin(self, text):
        self.tid += 1
        now = time.monotonic()
        self.open[self.tid] = (text, now, now)
        self.send(f"T={self.tid}{{{text}}}")
        return self.tid

    def finish(self, seconds):
        end = time.monotonic() + seconds
        while self.open:
            if time.monotonic() > end:
                sys.exit(f"no answer to {list(self.open)[:5]}")
            self.take(0.1)
            self.repeat()

    def ask(self, text):
        tid = self.begin(text)
        self.finish(60)
        return self.answers[tid][0]


def register(c):
    while not c.gateway:
        c.take(60)


def calm(c):
    """Seconds of each Add, when none is refused."""
    tids = []
    while len(tids) < CALM or c.open:
        while len(tids) < CALM and len(c.open) < CALM_WINDOW:
            tids.append(c.begin(ADD))
        c.take(0.1)
        c.take_all()
        c.repeat()
    if any("ER=" in c.answers[t][0] for t in tids):
        sys.exit("refused without a flood")
    return [c.answers[t][1] for t in tids]


def p99(took):
    return sorted(took)[len(took) * 99 // 100]


def compare(before, during):
    print(f"{len(during)} Adds admitted in the flood, 99 of 100 within "
          f"{p99(during) * 1000:.1f} ms; {CALM_WINDOW} at a time without it "
          f"{p99(before) * 1000:.1f} ms: "
          f"ratio {p99(during) / p99(before):.1f}")


def flood(c, contexts, refusals, seconds):
    """Ids of what must have been served."""
    end = time.monotonic() + seconds
    tid, served = FLOOD, []
    while c.flooded.get("510", 0) < refusals or contexts:
        if time.monotonic() > end:
            break
        for _ in range(BURST):
            c.asked[tid] = time.monotonic()
            c.send(f"T={tid}{{{ADD}}}")
            tid += 1
        served.append(c.begin(HEARTBEAT))
        if contexts and c.flooded.get("510"):
            served.append(c.begin(f"C={contexts.pop()}{{S=*{{AT{{}}}}}}"))
        c.take_all()
        c.repeat()
    print(f"{tid - FLOOD} Adds, answered: {c.flooded}")
    return served


def main():
    c = Controller(sys.argv[1])
    register(c)
    contexts = [re.search(r"C=(\d+)", c.ask(ADD)).group(1)
                for _ in range(MINE)]
    before = calm(c)
    served = flood(c, contexts, int(sys.argv[2]), float(sys.argv[3]))
    c.finish(60)
    bad = [c.answers[t][0] for t in served if "ER=" in c.answers[t][0]]
    took = sorted(c.answers[t][1] for t in served)
    print(f"{len(served)} releases and heartbeats, half of them within "
          f"{took[len(took) // 2] * 1000:.0f} ms, all within "
          f"{took[-1] * 1000:.0f} ms")
    if bad:
        sys.exit(f"refused: {bad[0]}")
    if contexts:
        sys.exit(f"{len(contexts)} contexts were never subtracted")
    for wanted in "ok", "510":
        if not c.flooded.get(wanted):
            sys.exit(f"no Add was answered with {wanted}")
    compare(before, c.took)
    while "ER=" not in c.ask("C=*{W-S=*{AT{}}}"):
        pass                    # what was begun before is answered now


main()
