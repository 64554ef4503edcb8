#!/usr/bin/env python3
"""A proxy between a gateway and its controller that cuts the stream:

  tpkt.py LISTEN TARGET DIRECTORY

What the controller (TARGET) sends goes to who has connected to LISTEN: an octet
in each segment while DIRECTORY/pieces is there; kept, with the number of
messages in DIRECTORY/held, while DIRECTORY/hold is there, and then all at once;
and once with another TPKT version when DIRECTORY/spoil appears.
"""
import os
import select
import socket
import sys


def endpoint(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


class Way:
    """From the controller to the gateway, one connection long."""

    def __init__(self, directory, to):
        self.directory, self.to, self.kept = directory, to, b""

    def is_asked(self, what):
        return os.path.exists(f"{self.directory}/{what}")

    def messages(self):
        n = at = 0
        while at + 4 <= len(self.kept):
            at += int.from_bytes(self.kept[at + 2:at + 4], "big")
            n += at <= len(self.kept)
        return n

    def put(self, octets):
        if self.is_asked("spoil"):
            os.remove(f"{self.directory}/spoil")
            octets = b"\x09" + octets[1:]
        if self.is_asked("pieces"):
            for i in range(len(octets)):
                self.to.sendall(octets[i:i + 1])
        else:
            self.to.sendall(octets)

    def take(self, octets):
        self.kept += octets
        if self.is_asked("hold"):
            with open(f"{self.directory}/held", "w", encoding="ascii") as f:
                f.write(str(self.messages()))
        elif self.kept:
            self.put(self.kept)
            self.kept = b""


def serve(gateway, controller, directory):
    """Until one of both ends."""
    way = Way(directory, gateway)
    gateway.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        for s in select.select([gateway, controller], [], [], 0.05)[0]:
            octets = s.recv(65536)
            if not octets:
                return
            if s is gateway:
                controller.sendall(octets)
            else:
                way.take(octets)
        way.take(b"")


def main():
    listen, target, directory = sys.argv[1:]
    with socket.create_server(endpoint(listen)) as door:
        while True:
            gateway, _ = door.accept()
            with gateway, socket.create_connection(endpoint(target)) as controller:
                try:
                    serve(gateway, controller, directory)
                except OSError:
                    pass


main()
