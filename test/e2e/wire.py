#!/usr/bin/env python3
"""The first transaction of each H.248 text message in a capture.

wire.py FILE.pcap prints one line per datagram: "T 1001", "P 1001", "K 7", or
"?" for what is no such message.
"""
import re
import sys

from payload import packets

KINDS = {"T": "T", "TRANSACTION": "T", "P": "P", "REPLY": "P", "K": "K",
         "TRANSACTIONRESPONSEACK": "K", "PN": "PN", "PENDING": "PN"}
FIRST = re.compile(
    rb"^\s*(?:!|MEGACO)/\d+\s+(?:\[[^\]]*\]|<[^>]*>)(?::\d+)?\s+"
    rb"([A-Za-z]+)\s*[={]\s*(\d+)", re.S)


def main():
    for _, frame in packets(sys.argv[1]):
        text = frame[14 + (frame[14] & 15) * 4 + 8:]
        found = FIRST.match(text)
        kind = KINDS.get(found[1].decode().upper()) if found else None
        print(f"{kind} {int(found[2])}" if kind else "?")


if __name__ == "__main__":
    main()
