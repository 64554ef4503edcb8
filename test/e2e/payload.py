#!/usr/bin/env python3
"""TCP payload octets in a capture: payload.py FILE.pcap ADDRESS

Prints "to=N from=N": payload of packets to and from the address, as the IP and
TCP headers say, whatever part of it was captured.
"""
import socket
import struct
import sys


def packets(path):
    """(seconds, frame) of each packet of an Ethernet capture."""
    with open(path, "rb") as f:
        head = f.read(24)
        order = "<" if head[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        if struct.unpack(order + "I", head[20:24])[0] != 1:
            sys.exit(f"{path}: no Ethernet capture")
        while len(record := f.read(16)) == 16:
            sec, usec, octets, _ = struct.unpack(order + "IIII", record)
            yield sec + usec / 1e6, f.read(octets)


def payload(frame):
    """(source, destination, octets) of a TCP segment, or None."""
    if frame[12:14] == b"\x86\xdd" and frame[20] == 6:
        tcp = (frame[14 + 40 + 12] >> 4) * 4
        octets = struct.unpack_from("!H", frame, 18)[0] - tcp
        return frame[22:38], frame[38:54], octets
    if frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return None
    ip = (frame[14] & 15) * 4
    total = struct.unpack_from("!H", frame, 16)[0]
    tcp = (frame[14 + ip + 12] >> 4) * 4
    return frame[26:30], frame[30:34], total - ip - tcp


def main():
    path, text = sys.argv[1:3]
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    address = socket.inet_pton(family, text)
    to = sent = 0
    for _, frame in packets(path):
        found = payload(frame)
        if found and found[1] == address:
            to += found[2]
        elif found and found[0] == address:
            sent += found[2]
    print(f"to={to} from={sent}")


if __name__ == "__main__":
    main()
