#!/usr/bin/env python3
"""Nothing renumbers a session: numbers.py FROM.pcap TO.pcap FROM-ADDR TO-ADDR

Every segment that the gateway sends from TO-ADDR (seen in TO.pcap) carries a
sequence number, and an acknowledgement number, of a segment that came to
FROM-ADDR (seen in FROM.pcap) or that lies within one (super-segments may be
cut).  SYN-ACKs are the gateway's own and left out.
"""
import bisect
import socket
import struct
import sys

from payload import packets, payload


def segments(path, address, want_source):
    """(seq, ack, octets) of the segments of one direction."""
    address = socket.inet_aton(address)
    for _, frame in packets(path):
        found = payload(frame)
        if not found or found[0 if want_source else 1] != address:
            continue
        tcp = 14 + (frame[14] & 15) * 4
        seq, ack = struct.unpack_from("!II", frame, tcp + 4)
        if not frame[tcp + 13] & 2:
            yield seq, ack, found[2]


def main():
    source, target, to, sender = sys.argv[1:]
    came = sorted({(s, n) for s, _, n in segments(source, to, False)})
    acks = {a for _, a, _ in segments(source, to, False)}
    starts = [s for s, _ in came]
    count = 0
    for seq, ack, octets in segments(target, sender, True):
        at = bisect.bisect_right(starts, seq) - 1
        inside = any(s <= seq and seq + octets <= s + n
                     for s, n in came[max(0, at - 8):at + 1])
        if not inside or ack not in acks:
            sys.exit(f"seq {seq} ack {ack}, {octets} octets: never came in")
        count += 1
    print(count)
    if not count:
        sys.exit("no segment went out")


if __name__ == "__main__":
    main()
