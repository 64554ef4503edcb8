#!/usr/bin/env python3
"""A service manager that only listens: manager.py SOCKET FILE
Writes each message to FILE, a line each, with | for line ends."""
import socket
import sys

s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
with open(sys.argv[2], "w", encoding="utf-8") as out:
    while True:
        text = s.recv(4096).decode()
        print(text.replace("\n", "|"), file=out, flush=True)
