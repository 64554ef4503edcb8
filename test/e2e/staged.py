#!/usr/bin/env python3
"""A client that sends in stages: staged.py DIRECTORY NAME ADDRESS PORT STAGES

It sends DIRECTORY/from_NAME when DIRECTORY/stage1 appears, again at stage2 and
so on, then a FIN; what it receives goes to DIRECTORY/at_NAME.  Exit status: 0
both ends closed, 4 the connection was reset.
"""
import os
import socket
import sys
import threading
import time

RESET = 4


def receive(s, path):
    with open(path, "wb", buffering=0) as f:
        while octets := s.recv(65536):
            f.write(octets)


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.1)


class Receiver(threading.Thread):
    """Notices a reset also while nothing is sent."""

    def __init__(self, s, path):
        super().__init__(daemon=True)
        self.s, self.path = s, path

    def run(self):
        try:
            receive(self.s, self.path)
        except ConnectionResetError:
            os._exit(RESET)


def main():
    directory, name, address, port, stages = sys.argv[1:]
    with open(f"{directory}/from_{name}", "rb") as f:
        data = f.read()
    with socket.create_connection((address, int(port)), 60) as s:
        s.settimeout(None)
        receiver = Receiver(s, f"{directory}/at_{name}")
        receiver.start()
        for stage in range(1, int(stages) + 1):
            wait_for(f"{directory}/stage{stage}")
            s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        receiver.join()


if __name__ == "__main__":
    main()
